package io.lbtk.proxy.limits;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bandwidth limit of one direction of a whole proxy: counts the bytes read by all loops, and
 * grants each loop its share. Thread-safe.
 *
 * <p>Bytes are counted by a virtual clock, as in {@link Pace}. The share of a loop is proportional
 * to its number of waiting connections; unused shares are granted to other loops.
 */
public final class SharedPace {

  /** Interval at which loops ask for bandwidth. */
  static final long TICK_NANOS = 10_000_000;

  private final long bytesPerSecond;
  private final AtomicLong paidUntil;
  private final AtomicInteger waiting = new AtomicInteger();

  /** Creates a limit that is fully available. */
  public SharedPace(long bytesPerSecond, long now) {
    this.bytesPerSecond = bytesPerSecond;
    this.paidUntil = new AtomicLong(now);
  }

  /** Returns the number of bytes to read at a time. */
  int read() {
    return Pace.read(bytesPerSecond);
  }

  /** Adds a waiting connection. */
  void joined() {
    waiting.incrementAndGet();
  }

  /** Removes a waiting connection. */
  void left() {
    waiting.decrementAndGet();
  }

  /** Returns the number of waiting connections of all loops. */
  int waiting() {
    return waiting.get();
  }

  /** Returns whether another read is allowed and no connection waits for it. */
  boolean isFree(long now) {
    return waiting.get() == 0 && paidUntil.get() - now <= 0;
  }

  /** Counts bytes that were read; a negative number takes bytes back. */
  void spent(long bytes, long now) {
    paidUntil.updateAndGet(until -> Pace.paidUntil(until, bytes, 1e9 / bytesPerSecond, now));
  }

  /**
   * Returns the number of bytes that a loop may read for its waiting connections, or its debt if
   * negative. A debt also shrinks while the whole bandwidth is used, since the debt itself has used
   * it: waiting for both in turn would leave bandwidth unused.
   *
   * @param before the remainder of the previous grant, or a debt
   * @param own the number of waiting connections of the loop
   * @param nanos the time since the previous grant
   */
  double grant(double before, int own, long nanos, long now) {
    double share = (double) own / Math.max(own, waiting.get());
    // Loops ask one after the other, so the first ones get part of the coming bandwidth.
    double left = Math.min(now + TICK_NANOS - paidUntil.get(), Pace.BURST_NANOS);
    double unused = Math.max(0, left - 2 * TICK_NANOS);
    double granted = Math.min(before, 0) + bytes(share * (nanos + unused));
    return Math.min(granted, bytes(Math.max(left, 0)));
  }

  /** Returns the rest of a debt after a time in which no connection had to wait. */
  double repaid(double debt, long nanos) {
    return Math.min(debt + bytes((double) nanos), 0);
  }

  private double bytes(double nanos) {
    return nanos * bytesPerSecond / 1e9;
  }
}
