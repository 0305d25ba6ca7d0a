package io.lbtk.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Passes hints on, so that the reads that they lead to take a quarter of the time at the most, once
 * they have taken a second: a set of many entries whose heartbeats are all told would else be read
 * without end. Thread-safe.
 */
final class PacedHints {

  private static final int SHARE = 4;
  private static final long MOST_NANOS = 1_000_000_000;

  private final Runnable changed;
  private final AtomicBoolean waiting = new AtomicBoolean();

  /** How long reads may take from now on; less than 0 if they took too long. */
  private long budgetNanos = MOST_NANOS;

  private long countedNanos = System.nanoTime();

  /**
   * Hints to this.
   *
   * @param changed may be run on any thread
   */
  PacedHints(Runnable changed) {
    this.changed = changed;
  }

  /** Something may have changed. */
  void hint() {
    long wait = waitNanos();
    if (wait <= 0) {
      changed.run();
    } else if (!waiting.getAndSet(true)) {
      CompletableFuture.delayedExecutor(wait, TimeUnit.NANOSECONDS, Runnable::run)
          .execute(
              () -> {
                waiting.set(false);
                changed.run();
              });
    }
  }

  private synchronized long waitNanos() {
    count(0);
    return -budgetNanos * SHARE;
  }

  /** A read has ended, which began then. */
  synchronized void readSince(long startNanos) {
    count(System.nanoTime() - startNanos);
  }

  private void count(long spentNanos) {
    long now = System.nanoTime();
    budgetNanos = Math.min(MOST_NANOS, budgetNanos + (now - countedNanos) / SHARE) - spentNanos;
    countedNanos = now;
  }
}
