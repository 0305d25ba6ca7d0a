package io.lbtk.benchmarks;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.TokenSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes a token and releases it, again and again, on a thread of its own. It pauses in between, so
 * that its garbage is little; nothing that holds up a token for longer than that escapes it.
 */
final class SteadyTaker implements AutoCloseable {

  private static final long PAUSE_NANOS = 20_000;

  private final TokenSource source;
  private final CompletableFuture<Void> ended;
  private final AtomicLong longestNanos = new AtomicLong();
  private volatile boolean stopped;

  SteadyTaker(TokenSource source) {
    this.source = source;
    ended = CompletableFuture.runAsync(this::run, task -> new Thread(task, "taker").start());
  }

  private void run() {
    while (!stopped) {
      long start = System.nanoTime();
      source.take(Demand.any()).join().release(Outcome.closed());
      longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** The longest that it took to take and release a token, since the last call. */
  long longestNanos() {
    return longestNanos.getAndSet(0);
  }

  @Override
  public void close() {
    stopped = true;
    ended.join();
  }
}
