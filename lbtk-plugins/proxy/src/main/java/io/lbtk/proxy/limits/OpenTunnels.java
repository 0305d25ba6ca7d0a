package io.lbtk.proxy.limits;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the tunnels of all loops and keeps them within a limit, and tells when the last one of a
 * draining proxy is gone. Thread-safe.
 */
public final class OpenTunnels {

  private final int limit;
  private final AtomicInteger count = new AtomicInteger();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<@Nullable Void> none = new CompletableFuture<>();
  private volatile boolean draining;

  public OpenTunnels(int limit) {
    this.limit = limit;
  }

  /** The most that may be open. */
  public int limit() {
    return limit;
  }

  /** Counts one more, and returns whether there is room for another. */
  public boolean increment() {
    return count.incrementAndGet() < limit;
  }

  /** Counts one more, unless the limit is reached. */
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

  public void decrement() {
    int left = count.decrementAndGet();
    if (left == 0 && draining) {
      none.complete(null);
    }
    if (left < limit && !waiting.isEmpty()) {
      tellWaiting();
    }
  }

  public int count() {
    return count.get();
  }

  /** Calls this once, on any thread, as soon as there is room for one more. */
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

  /** From now on no tunnel comes; the future completes when none is left. */
  public CompletableFuture<@Nullable Void> none() {
    draining = true;
    if (count.get() == 0) {
      none.complete(null);
    }
    return none;
  }
}
