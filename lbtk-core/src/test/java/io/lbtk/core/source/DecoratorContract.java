package io.lbtk.core.source;

import io.lbtk.api.Target;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.TokenSourceContract;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** The contract of a source around a fake one that is connected. */
abstract class DecoratorContract extends TokenSourceContract {

  final ManualClock clock = new ManualClock();
  final FakeRemote source = new FakeRemote("tcp://first", clock).connect();
  private List<Target> targets = List.of();

  @Override
  protected void setTargets(List<Target> targets) {
    List<Target> before = this.targets;
    this.targets = targets;
    source.tokens.always(targets.toArray(Target[]::new));
    before.stream()
        .filter(target -> !targets.contains(target))
        .forEach(target -> source.tokens.gone(target.hostPort()));
  }

  @Override
  protected OptionalInt live() {
    return OptionalInt.of(source.tokens.live());
  }

  @Override
  protected void pass(Duration time) {
    clock.advance(time);
  }
}
