package io.lbtk.proxy.limits;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many connections a second a proxy accepts, all loops together: evenly, but for a burst of a
 * tenth of a second. Thread-safe; takes no lock.
 *
 * <p>The generic cell rate algorithm, ITU-T I.371.
 */
public final class AcceptRate {

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long BURST_NANOS = SECOND_NANOS / 10;

  private final long interval;
  private final AtomicLong arrival;

  /**
   * A rate that is used up to nothing yet.
   *
   * @param perSecond 1 or more; 0 for no limit
   */
  public AcceptRate(int perSecond, long now) {
    this.interval = perSecond == 0 ? 0 : SECOND_NANOS / perSecond;
    this.arrival = new AtomicLong(now);
  }

  /**
   * Counts a connection, and says for how many nanoseconds no other may be accepted; 0 for none.
   */
  public long accepted(long now) {
    if (interval == 0) {
      return 0;
    }
    long next = arrival.updateAndGet(last -> (last - now > 0 ? last : now) + interval);
    return Math.max(0, next - BURST_NANOS - now);
  }
}
