package io.lbtk.netty.proxy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts the tunnels of all loops, and tells when the last one of a draining proxy is gone. */
final class OpenTunnels {

  private final AtomicInteger count = new AtomicInteger();
  private final CompletableFuture<@Nullable Void> none = new CompletableFuture<>();
  private volatile boolean draining;

  void increment() {
    count.incrementAndGet();
  }

  void decrement() {
    if (count.decrementAndGet() == 0 && draining) {
      none.complete(null);
    }
  }

  int count() {
    return count.get();
  }

  /** From now on no tunnel comes; the future completes when none is left. */
  CompletableFuture<@Nullable Void> none() {
    draining = true;
    if (count.get() == 0) {
      none.complete(null);
    }
    return none;
  }
}
