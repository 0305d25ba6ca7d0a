package io.lbtk.core.source;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Shortage;
import io.lbtk.api.Subscription;
import io.lbtk.api.Token;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A placeholder while no source is known: never connected; demands wait until their timeout or its
 * close. Thread-safe.
 */
final class UnavailableTokenSource implements RemoteTokenSource {

  /** A waiting demand, compared by identity. */
  private static final class Waiting extends CompletableFuture<Token> {}

  private final ScheduledExecutorService scheduler;

  /** Guarded by this. */
  private final Set<Waiting> waiting = new LinkedHashSet<>();

  /** Guarded by this. */
  private boolean closed;

  UnavailableTokenSource(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    Waiting future = new Waiting();
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(closedException());
      }
      waiting.add(future);
    }
    try {
      Future<?> expiry =
          scheduler.schedule(
              () -> future.completeExceptionally(expired()),
              TimeUnit.NANOSECONDS.convert(demand.timeout()),
              TimeUnit.NANOSECONDS);
      var unused = future.whenComplete((token, failure) -> ended(future, expiry));
    } catch (RejectedExecutionException e) {
      // The demand could not expire, and its owner is about to close.
      forget(future);
      return CompletableFuture.failedFuture(closedException());
    }
    demand.reportShortage(Shortage.EMPTY);
    return future;
  }

  private void ended(Waiting future, Future<?> expiry) {
    expiry.cancel(false);
    forget(future);
  }

  private synchronized void forget(Waiting future) {
    waiting.remove(future);
  }

  private static NoTokenException expired() {
    return new NoTokenException(Shortage.EXPIRED, "no token port is known");
  }

  private static NoTokenException closedException() {
    return new NoTokenException(Shortage.CLOSED, "the token source is closed");
  }

  @Override
  public boolean connected() {
    return false;
  }

  @Override
  public Subscription onConnection(Consumer<Boolean> listener) {
    return () -> {};
  }

  @Override
  public void leave() {}

  @Override
  public void close() {
    List<Waiting> ended;
    synchronized (this) {
      closed = true;
      ended = List.copyOf(waiting);
    }
    ended.forEach(future -> future.completeExceptionally(closedException()));
  }

  @Override
  public String toString() {
    return "no token port";
  }
}
