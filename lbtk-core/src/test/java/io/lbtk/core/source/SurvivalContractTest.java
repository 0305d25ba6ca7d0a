package io.lbtk.core.source;

import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import java.util.List;

class SurvivalContractTest extends DecoratorContract {

  @Override
  protected TokenSource newSource(List<Target> targets) {
    setTargets(targets);
    return new SurvivalTokenSource(source, clock);
  }
}
