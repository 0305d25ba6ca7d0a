package io.lbtk.tokenport.client;

import io.lbtk.api.Demand;
import io.lbtk.api.Token;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One demand for one token: the future that the taker holds, and its place in a {@link Want}. */
final class LeaseDemand extends CompletableFuture<Token> {

  final Demand demand;
  private final Consumer<LeaseDemand> withdraw;

  /** The rest belongs to the event loop. */
  @Nullable Want want;

  @Nullable LeaseDemand next;

  LeaseDemand(Demand demand, Consumer<LeaseDemand> withdraw) {
    this.demand = demand;
    this.withdraw = withdraw;
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
