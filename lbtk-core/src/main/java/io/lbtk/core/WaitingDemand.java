package io.lbtk.core;

import io.lbtk.api.Demand;
import io.lbtk.api.Token;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A demand in the queue of a generator. Guarded by the generator's lock, but for its future. */
final class WaitingDemand {

  final Demand demand;
  final CompletableFuture<Token> future = new CompletableFuture<>();

  /** Ends the demand when its time is over. */
  @Nullable Future<?> expiry;

  /** The place in the order of arrival; set by the {@link DemandQueue}. */
  long place;

  /** The group in the {@link DemandQueue}; null while the demand is not in the queue. */
  DemandQueue.@Nullable Group group;

  WaitingDemand(Demand demand) {
    this.demand = demand;
  }
}
