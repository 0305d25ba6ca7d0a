package io.lbtk.benchmarks.sidebyside.load;

/** Percentiles of what is sorted. */
final class Percentile {

  private Percentile() {}

  /** In microseconds; not a number if there is nothing. */
  static double micros(long[] sortedNanos, int percent) {
    if (sortedNanos.length == 0) {
      return Double.NaN;
    }
    int at = (int) ((long) sortedNanos.length * percent / 100);
    return sortedNanos[Math.min(at, sortedNanos.length - 1)] / 1000.0;
  }
}
