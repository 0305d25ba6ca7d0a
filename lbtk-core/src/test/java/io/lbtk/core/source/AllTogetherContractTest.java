package io.lbtk.core.source;

import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import java.util.List;
import java.util.OptionalInt;

/** As a proxy puts them together: a window over a survival list over ports in order. */
class AllTogetherContractTest extends DecoratorContract {

  @Override
  protected TokenSource newSource(List<Target> targets) {
    setTargets(targets);
    FakeRemote spare = new FakeRemote("tcp://second", clock);
    return new WindowTokenSource(
        new SurvivalTokenSource(
            new FailoverTokenSource(List.of(source, spare), clock, clock), clock),
        4,
        WindowTokenSource.DEFAULT_MAX_AGE,
        clock,
        clock);
  }

  @Override
  protected OptionalInt live() {
    clock.advance(WindowTokenSource.DEFAULT_MAX_AGE);
    return super.live();
  }
}
