package io.lbtk.ganglia;

/**
 * Time since the last report of a host or metric.
 *
 * @param seconds the seconds since the report ({@code TN}); -1 if unknown
 * @param maxInterval the longest regular time between two reports in seconds ({@code TMAX}); 0 for
 *     no limit
 */
record Age(long seconds, long maxInterval) {

  /** Number of reports in a row that may be missed, as in gmetad. */
  private static final int MISSES = 4;

  /** Largest plausible {@code TMAX}: one day. */
  private static final long MAX_INTERVAL = 86_400;

  private static final Age UNKNOWN = new Age(-1, 0);

  /**
   * Returns the age in the attributes of an element.
   *
   * @param tn the {@code TN}; empty if there is none
   * @param tmax the {@code TMAX}; empty if there is none, which means no limit
   */
  static Age of(String tn, String tmax) {
    long seconds = seconds(tn);
    long maxInterval = seconds(tmax);
    return seconds < 0 || maxInterval < 0 || maxInterval > MAX_INTERVAL
        ? UNKNOWN
        : new Age(seconds, maxInterval);
  }

  private static long seconds(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    // A number with more digits is not plausible.
    return text.matches("[0-9]{1,12}") ? Long.parseLong(text) : -1;
  }

  /** Returns whether the age is known; an unknown age is neither fresh nor old. */
  boolean isKnown() {
    return seconds >= 0;
  }

  boolean isFresh() {
    return isKnown() && (maxInterval == 0 || seconds < maxInterval * MISSES);
  }
}
