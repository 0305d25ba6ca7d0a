package io.lbtk.proxy.limits;

/**
 * The bandwidth of one direction of one connection: what is read is paid for by waiting, so that
 * the average is the rate. Belongs to the loop.
 *
 * <p>A leaky bucket as a meter, in the form of a virtual clock: ITU-T I.371, the generic cell rate
 * algorithm.
 */
public final class Pace {

  /** What was not used for so long may still be. It is longer than a timer is late. */
  public static final long BURST_NANOS = 50_000_000;

  private static final int SMALLEST_READ = 1024;
  private static final int LARGEST_READ = 64 * 1024;

  /** So many reads a second, where that makes them neither very small nor very large. */
  private static final int READS_PER_SECOND = 100;

  private final double nanosPerByte;
  private long paidUntil;

  public Pace(long bytesPerSecond, long now) {
    this.nanosPerByte = 1e9 / bytesPerSecond;
    this.paidUntil = now;
  }

  /** How much is read at a time under a limit, so that bytes flow evenly, and all get the same. */
  public static int read(long bytesPerSecond) {
    return (int) Math.max(SMALLEST_READ, Math.min(LARGEST_READ, bytesPerSecond / READS_PER_SECOND));
  }

  /** So many bytes were read; negative takes back. */
  public void spent(long bytes, long now) {
    paidUntil = paidUntil(paidUntil, bytes, nanosPerByte, now);
  }

  /** Until when is paid for, with so many bytes more. */
  static long paidUntil(long before, long bytes, double nanosPerByte, long now) {
    return Math.max(before - now, -BURST_NANOS) + now + Math.round(bytes * nanosPerByte);
  }

  /** For how many nanoseconds nothing may be read; 0 or less if it may be now. */
  public long restNanos(long now) {
    return paidUntil - now;
  }
}
