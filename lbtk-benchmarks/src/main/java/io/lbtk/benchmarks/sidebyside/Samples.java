package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Measured values: one per measure, peer, quantity and round. */
final class Samples {

  private record Key(String measure, String peer, Quantity quantity) {}

  private final Map<Key, SortedMap<Integer, Double>> values = new LinkedHashMap<>();

  /** Adds what came of one measure of one peer in one round. */
  void add(String measure, String peer, int round, Map<Quantity, Double> sample) {
    sample.forEach(
        (quantity, value) -> {
          if (!Double.isNaN(value)) {
            values
                .computeIfAbsent(new Key(measure, peer, quantity), key -> new TreeMap<>())
                .put(round, value);
          }
        });
  }

  boolean has(String measure, String peer) {
    return values.keySet().stream()
        .anyMatch(key -> key.measure().equals(measure) && key.peer().equals(peer));
  }

  /** By round; empty if there is none. */
  SortedMap<Integer, Double> of(String measure, String peer, Quantity quantity) {
    return values.getOrDefault(new Key(measure, peer, quantity), new TreeMap<>());
  }

  Optional<Range> range(String measure, String peer, Quantity quantity) {
    return Range.of(of(measure, peer, quantity).values());
  }

  /** The ratios of a peer to another, of those rounds in which both were measured. */
  Optional<Range> ratio(String measure, String peer, String other, Quantity quantity) {
    SortedMap<Integer, Double> others = of(measure, other, quantity);
    return Range.of(
        of(measure, peer, quantity).entrySet().stream()
            .filter(entry -> others.getOrDefault(entry.getKey(), 0.0) > 0)
            .map(entry -> entry.getValue() / others.getOrDefault(entry.getKey(), 1.0))
            .toList());
  }

  /** Returns all samples as comma-separated values. */
  String csv() {
    StringBuilder text = new StringBuilder("measure,peer,quantity,unit,round,value\n");
    values.forEach(
        (key, rounds) ->
            rounds.forEach(
                (round, value) ->
                    text.append(key.measure())
                        .append(',')
                        .append(key.peer())
                        .append(',')
                        .append(key.quantity().title())
                        .append(",\"")
                        .append(key.quantity().unit())
                        .append("\",")
                        .append(round)
                        .append(',')
                        .append(value)
                        .append('\n')));
    return text.toString();
  }

  /** Minimum, median and maximum of some values. */
  record Range(double min, double median, double max) {

    /** Returns the range of the values; empty if there are none. */
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
}
