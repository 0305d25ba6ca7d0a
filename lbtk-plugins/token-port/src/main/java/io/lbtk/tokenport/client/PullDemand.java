package io.lbtk.tokenport.client;

import io.lbtk.api.Demand;
import io.lbtk.api.Token;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One demand: the future that the taker holds. */
final class PullDemand extends CompletableFuture<Token> {

  final Demand demand;
  private final Consumer<PullDemand> withdraw;

  /** Ends it when its time is over. Belongs to the event loop. */
  @Nullable Future<?> expiry;

  PullDemand(Demand demand, Consumer<PullDemand> withdraw) {
    this.demand = demand;
    this.withdraw = withdraw;
  }

  void stopExpiry() {
    if (expiry != null) {
      expiry.cancel(false);
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      withdraw.accept(this);
    }
    return cancelled;
  }
}
