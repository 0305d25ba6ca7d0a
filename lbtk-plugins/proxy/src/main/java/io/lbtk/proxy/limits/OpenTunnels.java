package io.lbtk.proxy.limits;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections of all loops, limits their number, and notifies a draining proxy when the
 * last one has closed. Thread-safe.
 */
public final class OpenTunnels {

  private final int limit;
  private final AtomicInteger count = new AtomicInteger();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<@Nullable Void> none = new CompletableFuture<>();
  private volatile boolean draining;

  /** Creates a counter at zero. */
  public OpenTunnels(int limit) {
    this.limit = limit;
  }

  /** Returns the most connections that may be open. */
  public int limit() {
    return limit;
  }

  /** Adds one connection, and returns whether another one is allowed. */
  public boolean increment() {
    return count.incrementAndGet() < limit;
  }

  /** Adds one connection, unless the limit is reached. */
  public boolean tryIncrement() {
    int open = count.get();
    while (open < limit) {
      if (count.compareAndSet(open, open + 1)) {
        return true;
      }
      open = count.get();
    }
    return false;
  }

  /** Subtracts one connection. */
  public void decrement() {
    int left = count.decrementAndGet();
    if (left == 0 && draining) {
      none.complete(null);
    }
    if (left < limit && !waiting.isEmpty()) {
      tellWaiting();
    }
  }

  /** Returns the number of open connections. */
  public int count() {
    return count.get();
  }

  /** Runs a task once, on any thread, as soon as another connection is allowed. */
  public void whenRoom(Runnable resume) {
    waiting.add(resume);
    if (count.get() < limit) {
      tellWaiting();
    }
  }

  private void tellWaiting() {
    for (Runnable each = waiting.poll(); each != null; each = waiting.poll()) {
      each.run();
    }
  }

  /** Allows no further connection; the future completes when none is open. */
  public CompletableFuture<@Nullable Void> none() {
    draining = true;
    if (count.get() == 0) {
      none.complete(null);
    }
    return none;
  }
}
