package io.lbtk.netty.proxy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bandwidth of one direction of a whole proxy: what all loops have read, and which part of what
 * may be read is for each. Thread-safe.
 *
 * <p>What is read is counted by a virtual clock, as by {@link Pace}. A loop gets the part that its
 * waiting connections are of all that wait, and what others have left unused.
 */
final class SharedPace {

  /** How often loops look for what they may read. */
  static final long TICK_NANOS = 10_000_000;

  private final long bytesPerSecond;
  private final AtomicLong paidUntil;
  private final AtomicInteger waiting = new AtomicInteger();

  SharedPace(long bytesPerSecond, long now) {
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
   * How many bytes a loop may read on behalf of its connections that wait.
   *
   * @param own how many these are
   * @param nanos since it asked last
   */
  double grant(int own, long nanos, long now) {
    double share = (double) own / Math.max(own, waiting.get());
    // Loops ask one after the other: those that are first have a part of what is to come.
    double left = Math.min(now + TICK_NANOS - paidUntil.get(), Pace.BURST_NANOS);
    double unused = Math.max(0, left - 2 * TICK_NANOS);
    return Math.min(share * (nanos + unused), left) * bytesPerSecond / 1e9;
  }
}
