package io.lbtk.core.source;

import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import java.util.List;

class FailoverContractTest extends DecoratorContract {

  @Override
  protected TokenSource newSource(List<Target> targets) {
    setTargets(targets);
    FakeRemote spare = new FakeRemote("tcp://second", clock);
    return new FailoverTokenSource(List.of(source, spare), clock, clock);
  }
}
