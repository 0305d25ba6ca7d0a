package io.lbtk.tokenport.client;

import io.lbtk.api.Demand;
import io.lbtk.api.Shortage;
import io.lbtk.tokenport.protocol.PeerLines;
import org.jspecify.annotations.Nullable;

/**
 * Demands that are asked for in one line: they came in the same tick of the loop and want the same.
 * Tokens go to them in their order.
 */
final class Want {

  /** By which its answers are known; another with each time that it is asked for. */
  long wid;

  final long tick;
  final long since;

  /** What all of them want; only their observers differ. */
  final Demand demand;

  /** Demands that were not answered nor withdrawn. */
  int waiting;

  /** Tokens that were asked for and did not come yet; 0 while the line is not sent. */
  int asked;

  /** The line is sent, on the connection of now. */
  boolean sent;

  private @Nullable LeaseDemand first;
  private @Nullable LeaseDemand last;

  Want(long wid, long tick, long since, Demand demand) {
    this.wid = wid;
    this.tick = tick;
    this.since = since;
    this.demand = demand;
  }

  /** Whether a demand can be asked for by the same line. One that nobody waits for is forgotten. */
  boolean fits(Demand other) {
    return waiting > 0
        && waiting < PeerLines.MAX_WANT
        && demand.timeout().equals(other.timeout())
        && demand.excluded().equals(other.excluded())
        && demand.key().equals(other.key());
  }

  void add(LeaseDemand one) {
    one.want = this;
    if (last == null) {
      first = one;
    } else {
      last.next = one;
    }
    last = one;
    waiting++;
  }

  /** Takes the next out of the line whose taker still wants a token; null if there is none. */
  @Nullable LeaseDemand next() {
    while (first != null) {
      LeaseDemand one = first;
      first = one.next;
      if (first == null) {
        last = null;
      }
      if (leave(one) && !one.isDone()) {
        return one;
      }
    }
    return null;
  }

  /** Notes that a demand waits no more; false if it did not. */
  boolean leave(LeaseDemand one) {
    if (one.want == null) {
      return false;
    }
    one.want = null;
    waiting--;
    return true;
  }

  void tell(Shortage shortage) {
    for (LeaseDemand one = first; one != null; one = one.next) {
      if (one.want != null && !one.isDone()) {
        one.demand.reportShortage(shortage);
      }
    }
  }

  long deadline() {
    return since + demand.timeout().toNanos();
  }
}
