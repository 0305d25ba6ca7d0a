package io.lbtk.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.HealthCheck;
import io.lbtk.api.HealthCheck.Result;
import io.lbtk.api.Target;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A check or a listener that throws does not end the monitoring. */
class HealthMonitorTest {

  private static final HealthSettings SETTINGS =
      new HealthSettings(Duration.ofSeconds(2), Duration.ofSeconds(1), 3, 2);

  private final ManualClock clock = new ManualClock();
  private final LogLines log = new LogLines("io.lbtk.core.health");
  private final FailingCheck check = new FailingCheck();
  private final List<Result> told = new ArrayList<>();
  private int listenerFailures;
  private final HealthMonitor monitor =
      new HealthMonitor(
          Target.of("10.0.0.1", 80),
          check,
          SETTINGS,
          new ThreadBuilder().scheduler(clock).build(),
          clock,
          this::changed);

  private void changed(Result result) {
    if (listenerFailures > 0) {
      listenerFailures--;
      throw new NoClassDefFoundError("thrown by the test");
    }
    told.add(result);
  }

  @AfterEach
  void close() {
    monitor.close();
    log.close();
  }

  @Test
  void aCheckThatThrowsHasFailedAndTheNextOneComes() {
    check.error = new NoClassDefFoundError("thrown by the test");
    monitor.start();
    clock.runDue();
    assertThat(told)
        .singleElement()
        .satisfies(result -> assertThat(result.reason()).contains("thrown by the test"));

    check.error = null;
    clock.advance(Duration.ofSeconds(5));

    assertThat(told).hasSize(2);
    assertThat(told.get(1).passed()).isTrue();
  }

  @Test
  void aChangeThatCouldNotBeToldIsToldWithTheNextResult() {
    listenerFailures = 1;
    monitor.start();
    clock.runDue();
    assertThat(told).isEmpty();

    clock.advance(Duration.ofSeconds(3));

    assertThat(told).singleElement().satisfies(result -> assertThat(result.passed()).isTrue());
    assertThat(log.lines())
        .containsExactly(
            "ERROR register.x: a change of 10.0.0.1:80 could not be told; it will be with the next"
                + " result");
    clock.advance(Duration.ofSeconds(10));
    assertThat(told).hasSize(1);
  }

  /** Passes, or throws. */
  private static final class FailingCheck implements HealthCheck {

    private @Nullable Error error;

    @Override
    public CompletableFuture<Result> check(Target target, Duration timeout) {
      if (error != null) {
        throw error;
      }
      return CompletableFuture.completedFuture(Result.pass());
    }
  }

  private static final class ThreadBuilder extends ComponentBuilder<ThreadBuilder> {

    ThreadBuilder() {
      super("register.x");
    }

    @Override
    protected ThreadBuilder self() {
      return this;
    }

    TaskExecutor build() {
      return thread();
    }
  }
}
