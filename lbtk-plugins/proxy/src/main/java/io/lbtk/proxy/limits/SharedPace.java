package io.lbtk.proxy.limits;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bandwidth of one direction of a whole proxy: what all loops have read, and which part of what
 * may be read is for each. Thread-safe.
 *
 * <p>What is read is counted by a virtual clock, as by {@link Pace}. A loop gets the part that its
 * waiting connections are of all that wait, and what others have left unused.
 */
public final class SharedPace {

  /** How often loops look for what they may read. */
  static final long TICK_NANOS = 10_000_000;

  private final long bytesPerSecond;
  private final AtomicLong paidUntil;
  private final AtomicInteger waiting = new AtomicInteger();

  public SharedPace(long bytesPerSecond, long now) {
    this.bytesPerSecond = bytesPerSecond;
    this.paidUntil = new AtomicLong(now);
  }

  /** How much is to be read at a time. */
  int read() {
    return Pace.read(bytesPerSecond);
  }

  /** A connection waits. */
  void joined() {
    waiting.incrementAndGet();
  }

  /** A connection does not wait any more. */
  void left() {
    waiting.decrementAndGet();
  }

  /** How many connections of all loops wait. */
  int waiting() {
    return waiting.get();
  }

  /** Whether there is room for another read, and nobody waits for it. */
  boolean isFree(long now) {
    return waiting.get() == 0 && paidUntil.get() - now <= 0;
  }

  /** So many bytes were read; negative takes back. */
  void spent(long bytes, long now) {
    paidUntil.updateAndGet(until -> Pace.paidUntil(until, bytes, 1e9 / bytesPerSecond, now));
  }

  /**
   * Returns how many bytes a loop may read on behalf of its connections that wait, or its debt. A
   * debt shrinks while all of the bandwidth is spent too, since what was read beyond the allowance
   * is what has spent it: to wait for both in turn would leave bandwidth unused.
   *
   * @param before what was left of the grant before, or a debt
   * @param own how many of those that wait are of the loop
   * @param nanos since it asked last
   */
  double grant(double before, int own, long nanos, long now) {
    double share = (double) own / Math.max(own, waiting.get());
    // Loops ask one after the other: those that are first have a part of what is to come.
    double left = Math.min(now + TICK_NANOS - paidUntil.get(), Pace.BURST_NANOS);
    double unused = Math.max(0, left - 2 * TICK_NANOS);
    double granted = Math.min(before, 0) + bytes(share * (nanos + unused));
    return Math.min(granted, bytes(Math.max(left, 0)));
  }

  /** Returns what is left of a debt, after a time in which no connection had to wait. */
  double repaid(double debt, long nanos) {
    return Math.min(debt + bytes((double) nanos), 0);
  }

  private double bytes(double nanos) {
    return nanos * bytesPerSecond / 1e9;
  }
}
