package io.lbtk.proxy.limits;

/**
 * The bandwidth limit of one direction of one connection. Bytes are read first and then paid for by
 * waiting, so that the average meets the limit. Confined to the loop.
 *
 * <p>This is a leaky bucket as a meter, in the form of a virtual clock: ITU-T I.371, the generic
 * cell rate algorithm.
 */
public final class Pace {

  /** Time for which unused bandwidth is kept. It exceeds the delay of a timer. */
  public static final long BURST_NANOS = 50_000_000;

  private static final int SMALLEST_READ = 1024;
  private static final int LARGEST_READ = 64 * 1024;

  /** Reads per second, unless that makes them very small or very large. */
  private static final int READS_PER_SECOND = 100;

  private final double nanosPerByte;
  private long paidUntil;

  /** Creates a limit that allows reading at once. */
  public Pace(long bytesPerSecond, long now) {
    this.nanosPerByte = 1e9 / bytesPerSecond;
    this.paidUntil = now;
  }

  /**
   * Returns the number of bytes to read at a time under a limit, so that data flows evenly and in
   * equal shares.
   */
  public static int read(long bytesPerSecond) {
    return (int) Math.max(SMALLEST_READ, Math.min(LARGEST_READ, bytesPerSecond / READS_PER_SECOND));
  }

  /** Counts bytes that were read; a negative number takes bytes back. */
  public void spent(long bytes, long now) {
    paidUntil = paidUntil(paidUntil, bytes, nanosPerByte, now);
  }

  /** Returns the time at which the bytes read so far are paid for, after more bytes. */
  static long paidUntil(long before, long bytes, double nanosPerByte, long now) {
    return Math.max(before - now, -BURST_NANOS) + now + Math.round(bytes * nanosPerByte);
  }

  /**
   * Returns the time in nanoseconds for which nothing may be read; 0 or less if reading is allowed
   * now.
   */
  public long restNanos(long now) {
    return paidUntil - now;
  }
}
