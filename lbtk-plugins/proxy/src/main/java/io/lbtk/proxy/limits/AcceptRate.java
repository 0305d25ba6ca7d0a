package io.lbtk.proxy.limits;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the rate at which all loops of a proxy accept connections, with bursts of up to a tenth of
 * a second. Thread-safe and lock-free.
 *
 * <p>Implements the generic cell rate algorithm, ITU-T I.371.
 */
public final class AcceptRate {

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long BURST_NANOS = SECOND_NANOS / 10;

  private final long interval;
  private final AtomicLong arrival;

  /**
   * Creates a limit that is fully available.
   *
   * @param perSecond the most connections per second; 0 for no limit
   */
  public AcceptRate(int perSecond, long now) {
    this.interval = perSecond == 0 ? 0 : SECOND_NANOS / perSecond;
    this.arrival = new AtomicLong(now);
  }

  /**
   * Counts a connection. Returns the time in nanoseconds during which no other may be accepted; 0
   * for none.
   */
  public long accepted(long now) {
    if (interval == 0) {
      return 0;
    }
    long next = arrival.updateAndGet(last -> (last - now > 0 ? last : now) + interval);
    return Math.max(0, next - BURST_NANOS - now);
  }
}
