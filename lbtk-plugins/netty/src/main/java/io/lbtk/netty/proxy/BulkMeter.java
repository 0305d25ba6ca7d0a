package io.lbtk.netty.proxy;

/**
 * Tells whether several streams of one loop move much at a time. One alone is fastest when it is
 * copied through a large buffer; several cost the least, and are faster, when they are spliced (see
 * docs/benchmarks.md). Used by one loop.
 */
final class BulkMeter {

  /** A stream counts for this long after it last filled a buffer or a pipe. */
  static final long PERIOD_NANOS = 20_000_000;

  private long period;
  private int current;
  private int previous;

  /**
   * A stream has filled a buffer or a pipe.
   *
   * @param lastPeriod what this returned for that stream before; 0 at first
   * @return the period in which it was counted now
   */
  long filled(long lastPeriod, long now) {
    long at = Math.max(1, now / PERIOD_NANOS);
    if (at != period) {
      previous = at == period + 1 ? current : 0;
      current = 0;
      period = at;
    }
    if (lastPeriod != at) {
      current++;
    }
    return at;
  }

  /** Whether more than one stream counts. */
  boolean several() {
    return Math.max(current, previous) > 1;
  }
}
