package io.lbtk.tokenport.server;

import io.lbtk.api.Demand;
import io.lbtk.api.Shortage;
import io.lbtk.api.Token;
import io.lbtk.tokenport.protocol.Word;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One WANT of a lease peer, while something of it is outstanding. */
final class PeerWant {

  final Word wid;

  /** What it asks the source for. */
  final Demand demand;

  /** When its time is over, by the ticker. */
  final long deadline;

  /** What the peer was told of it. */
  final EnumSet<Shortage> told = EnumSet.noneOf(Shortage.class);

  /** How many tokens are still to come; 0 when it has ended. */
  int remaining;

  /** The token that the source was asked for and has not given yet; one at a time. */
  @Nullable CompletableFuture<Token> pending;

  PeerWant(Word wid, int count, Demand demand, long deadline) {
    this.wid = wid;
    this.remaining = count;
    this.demand = demand;
    this.deadline = deadline;
  }
}
