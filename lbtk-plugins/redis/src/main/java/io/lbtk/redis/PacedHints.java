package io.lbtk.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Passes hints on, so that the reads that they lead to take a tenth of the time at the most: a set
 * of many entries whose heartbeats are all told would else be read without end. Thread-safe.
 */
final class PacedHints {

  private static final int REST_PER_READ = 9;

  private final Runnable changed;
  private final AtomicBoolean waiting = new AtomicBoolean();
  private volatile long notBefore = System.nanoTime();

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
    long wait = notBefore - System.nanoTime();
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

  /** A read has ended, which began then. */
  void readSince(long startNanos) {
    long now = System.nanoTime();
    notBefore = now + (now - startNanos) * REST_PER_READ;
  }
}
