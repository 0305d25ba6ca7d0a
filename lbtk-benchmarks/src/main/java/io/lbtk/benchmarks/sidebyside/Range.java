package io.lbtk.benchmarks.sidebyside;

import java.util.Collection;
import java.util.Optional;

/** The least, the middle and the most of some values. */
record Range(double min, double median, double max) {

  /** Empty if there are no values. */
  static Optional<Range> of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      return Optional.empty();
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return Optional.of(new Range(sorted[0], median, sorted[sorted.length - 1]));
  }
}
