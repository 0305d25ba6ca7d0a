package io.lbtk.core;

import io.lbtk.api.Demand;
import io.lbtk.api.Shortage;
import io.lbtk.api.Token;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A demand in the queue of a generator. Guarded by the generator's lock, but for its future. */
final class WaitingDemand {

  final Demand demand;
  final CompletableFuture<Token> future = new CompletableFuture<>();

  /** What its observer was told last. */
  Shortage shortage;

  /** Ends the demand when its time is over. */
  @Nullable Future<?> expiry;

  WaitingDemand(Demand demand, Shortage shortage) {
    this.demand = demand;
    this.shortage = shortage;
  }
}
