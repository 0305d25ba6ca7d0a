package io.lbtk.core.source;

import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import java.util.List;
import java.util.OptionalInt;

class WindowContractTest extends DecoratorContract {

  @Override
  protected TokenSource newSource(List<Target> targets) {
    setTargets(targets);
    return new WindowTokenSource(source, 16, WindowTokenSource.DEFAULT_MAX_AGE, clock, clock);
  }

  /** What is fetched ahead counts as well, until it is too old. */
  @Override
  protected OptionalInt live() {
    clock.advance(WindowTokenSource.DEFAULT_MAX_AGE);
    return super.live();
  }
}
