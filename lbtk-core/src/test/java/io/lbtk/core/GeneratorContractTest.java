package io.lbtk.core;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import io.lbtk.core.refresh.GuardedRefresher;
import io.lbtk.core.refresh.OnEmpty;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.TokenSourceContract;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

class GeneratorContractTest extends TokenSourceContract {

  private final ManualClock clock = new ManualClock();
  private final Source source = new Source();
  private @Nullable Generator generator;

  @Override
  protected TokenSource newSource(List<Target> targets) {
    Refresher immediate =
        GuardedRefresher.builder(source)
            .onEmpty(OnEmpty.ACCEPT)
            .debounce(Duration.ZERO)
            .scheduler(clock)
            .ticker(clock)
            .build();
    Generator made =
        Generator.builder()
            .refresher(immediate)
            .policy(new RotatingPolicy())
            .scheduler(clock)
            .build();
    generator = made;
    setTargets(targets);
    return made;
  }

  @Override
  protected void setTargets(List<Target> targets) {
    source.listener().onRefresh(Refresh.snapshot(targets));
  }

  @Override
  protected OptionalInt live() {
    Generator made = Objects.requireNonNull(generator);
    return OptionalInt.of(made.targets().stream().mapToInt(TargetStatus::live).sum());
  }

  @Override
  protected void pass(Duration time) {
    clock.advance(time);
  }

  /** Reports when the test says. */
  private static final class Source implements Refresher {

    private @Nullable RefreshListener listener;

    RefreshListener listener() {
      return Objects.requireNonNull(listener, "listener");
    }

    @Override
    public void start(RefreshListener listener) {
      this.listener = listener;
    }

    @Override
    public void close() {}
  }
}
