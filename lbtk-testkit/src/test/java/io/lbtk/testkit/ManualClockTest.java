package io.lbtk.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ManualClockTest {

  private final ManualClock clock = new ManualClock();
  private final List<String> ran = new ArrayList<>();

  private Runnable note(String what) {
    return () -> ran.add(what + "@" + clock.elapsed().toMillis());
  }

  private ScheduledFuture<?> schedule(String what, long millis) {
    return clock.schedule(note(what), millis, TimeUnit.MILLISECONDS);
  }

  @Test
  void nothingRunsByItself() {
    clock.execute(note("a"));
    schedule("b", 0);

    assertThat(ran).isEmpty();
    assertThat(clock.pending()).isEqualTo(2);
    assertThat(clock.runDue()).isEqualTo(2);
    assertThat(ran).containsExactly("a@0", "b@0");
  }

  @Test
  void tasksRunInOrderEachAtItsOwnMoment() {
    schedule("late", 30);
    schedule("early", 10);
    schedule("too late", 41);
    clock.schedule(() -> schedule("by a task", 5), 20, TimeUnit.MILLISECONDS);

    clock.advance(Duration.ofMillis(40));

    assertThat(ran).containsExactly("early@10", "by a task@25", "late@30");
    assertThat(clock.elapsed()).isEqualTo(Duration.ofMillis(40));
    assertThat(clock.untilNext()).contains(Duration.ofMillis(1));
  }

  @Test
  void timeGoesOnAcrossTheLargestNumber() {
    long before = clock.nanoTime();
    schedule("a", 20_000);

    clock.advance(Duration.ofSeconds(20));

    assertThat(clock.nanoTime()).isLessThan(before);
    assertThat(clock.nanoTime() - before).isEqualTo(Duration.ofSeconds(20).toNanos());
    assertThat(ran).containsExactly("a@20000");
  }

  @Test
  void aRepeatedTaskRunsAtItsRateUntilCancelled() {
    Future<?> task = clock.scheduleAtFixedRate(note("a"), 5, 10, TimeUnit.MILLISECONDS);

    clock.advance(Duration.ofMillis(30));
    task.cancel(false);
    clock.advance(Duration.ofMillis(30));

    assertThat(ran).containsExactly("a@5", "a@15", "a@25");
    assertThat(clock.pending()).isZero();
  }

  @Test
  void aCancelledTaskNeverRuns() {
    schedule("a", 10).cancel(false);

    clock.advance(Duration.ofMillis(20));

    assertThat(ran).isEmpty();
  }

  @Test
  void whatATaskThrowsReachesTheTest() {
    clock.execute(
        () -> {
          throw new IllegalArgumentException("broken");
        });

    assertThatThrownBy(clock::runDue).hasMessage("broken");
  }

  @Test
  void aFutureKeepsWhatItsTaskThrew() {
    Future<?> future =
        clock.submit(
            () -> {
              throw new IllegalArgumentException("broken");
            });
    clock.runDue();

    assertThatThrownBy(future::get).hasRootCauseMessage("broken");
  }

  @Test
  void anEndlessLoopIsFound() {
    clock.execute(
        new Runnable() {
          @Override
          public void run() {
            clock.execute(this);
          }
        });

    assertThatThrownBy(clock::runDue).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aTaskCannotMoveTheClock() {
    clock.execute(() -> clock.advance(Duration.ofSeconds(1)));

    assertThatThrownBy(clock::runDue).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void afterShutdownWhatWasScheduledOnceStillRuns() {
    schedule("a", 10);
    Future<?> repeated = clock.scheduleAtFixedRate(note("b"), 1, 1, TimeUnit.MILLISECONDS);

    clock.shutdown();
    assertThatThrownBy(() -> schedule("c", 1)).isInstanceOf(RejectedExecutionException.class);
    assertThat(clock.isTerminated()).isFalse();
    clock.advance(Duration.ofMillis(10));

    assertThat(ran).containsExactly("a@10");
    assertThat(repeated).isCancelled();
    assertThat(clock.isTerminated()).isTrue();
  }
}
