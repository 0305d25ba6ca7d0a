package io.lbtk.core.source;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Shortage;
import io.lbtk.api.Subscription;
import io.lbtk.api.Token;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Stands where no source is known yet: is never connected, and has demands wait for their time. */
final class NoSource implements RemoteTokenSource {

  private final ScheduledExecutorService scheduler;

  NoSource(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    CompletableFuture<Token> waiting = new CompletableFuture<>();
    demand.waits(Shortage.EMPTY);
    Future<?> expiry =
        scheduler.schedule(
            () ->
                waiting.completeExceptionally(
                    new NoTokenException(Shortage.EXPIRED, "no token port is known")),
            demand.within().toNanos(),
            TimeUnit.NANOSECONDS);
    var unused = waiting.whenComplete((token, failure) -> expiry.cancel(false));
    return waiting;
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
  public void close() {}

  @Override
  public String toString() {
    return "no token port";
  }
}
