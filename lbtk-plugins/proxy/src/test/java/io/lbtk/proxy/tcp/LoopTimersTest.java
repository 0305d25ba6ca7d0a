package io.lbtk.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTimersTest {

  private static final long MILLI = 1_000_000;

  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final LoopTimers timers = new LoopTimers(loop, System.nanoTime());
  private final List<Long> due = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS);
  }

  @Test
  void eachIsDueOnceAndNeverBeforeItsTime() {
    Random random = new Random(1);
    List<Entry> entries = new ArrayList<>();
    onLoop(
        () -> {
          for (int i = 0; i < 5000; i++) {
            Entry entry = new Entry();
            entries.add(entry);
            entry.set(random.nextInt(400) * MILLI);
          }
        });

    await().atMost(Duration.ofSeconds(30)).until(() -> due.size() == 5000);

    assertThat(entries).allMatch(entry -> entry.calls() == 1 && entry.late >= 0);
  }

  @Test
  void theTimeThatWasSetLastCounts() {
    Entry moved = new Entry();
    Entry other = new Entry();
    onLoop(
        () -> {
          moved.set(10 * MILLI);
          other.set(20 * MILLI);
          moved.set(150 * MILLI);
        });

    await().atMost(Duration.ofSeconds(30)).until(() -> due.size() == 2);

    assertThat(moved.calls()).isEqualTo(1);
    assertThat(moved.late).isNotNegative();
    assertThat(moved.order).isGreaterThan(other.order);
  }

  @Test
  void aTimeThatIsSetCloserIsNotWaitedForInVain() {
    Entry far = new Entry();
    onLoop(() -> far.set(3_600_000 * MILLI));
    onLoop(() -> far.set(MILLI));

    await().atMost(Duration.ofSeconds(5)).until(() -> due.size() == 1);
  }

  @Test
  void whatIsCancelledIsNotDue() {
    Entry before = new Entry();
    Entry cancelled = new Entry();
    Entry behind = new Entry();
    Entry later = new Entry();
    onLoop(
        () -> {
          before.set(50 * MILLI);
          cancelled.set(50 * MILLI);
          behind.set(50 * MILLI);
          later.set(100 * MILLI);
          timers.cancel(cancelled);
          timers.cancel(cancelled);
        });

    await().atMost(Duration.ofSeconds(30)).until(() -> later.calls() == 1);

    assertThat(cancelled.calls()).isZero();
    assertThat(before.calls()).isEqualTo(1);
    assertThat(behind.calls()).isEqualTo(1);
  }

  @Test
  void oneThatIsDueCanSetItsNextTimeAndCancelOthers() {
    Entry other = new Entry();
    Entry again =
        new Entry() {
          @Override
          void due(long now) {
            super.due(now);
            timers.cancel(other);
            if (calls() < 3) {
              set(10 * MILLI);
            }
          }
        };
    Entry last = new Entry();
    onLoop(
        () -> {
          other.set(20 * MILLI);
          again.set(20 * MILLI);
          last.set(200 * MILLI);
        });

    await().atMost(Duration.ofSeconds(30)).until(() -> last.calls() == 1);

    assertThat(again.calls()).isEqualTo(3);
    assertThat(other.calls()).isZero();
  }

  @Test
  void asManyAreAbortedAsIsSaid() {
    List<Entry> entries = new ArrayList<>();
    onLoop(
        () -> {
          for (int i = 0; i < 100; i++) {
            Entry entry = new Entry();
            entries.add(entry);
            entry.set(10_000 * MILLI + i * 1000L * MILLI);
          }
          timers.abort(40);
        });

    assertThat(entries).filteredOn(entry -> entry.aborted).hasSize(40);
    assertThat(timers.size()).isEqualTo(60);
  }

  private void onLoop(Runnable task) {
    CompletableFuture.runAsync(task, loop).join();
  }

  private class Entry extends Timed {

    private final AtomicInteger calls = new AtomicInteger();
    private volatile long late;
    private volatile int order;
    private volatile boolean aborted;
    private long deadline;

    int calls() {
      return calls.get();
    }

    void set(long inNanos) {
      long now = System.nanoTime();
      deadline = now + inNanos;
      timers.set(this, deadline, now);
    }

    @Override
    void due(long now) {
      late = now - deadline;
      due.add(now);
      order = due.size();
      calls.incrementAndGet();
    }

    @Override
    void abort() {
      timers.cancel(this);
      aborted = true;
    }
  }
}
