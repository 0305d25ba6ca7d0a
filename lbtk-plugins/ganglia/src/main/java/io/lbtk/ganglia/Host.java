package io.lbtk.ganglia;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A host as Ganglia knows it.
 *
 * @param name of the host; its address, if it has none
 * @param address empty if it is not known
 * @param age since it was heard last
 * @param metrics those that count here, by their names
 */
record Host(String name, String address, Age age, Map<String, Metric> metrics) {

  /** A metric as it is written, however old. */
  Optional<String> text(String metric) {
    return Optional.ofNullable(metrics.get(metric)).map(Metric::value);
  }

  /** A metric, if it is a number and not too old. */
  OptionalDouble metric(String metric) {
    Metric found = metrics.get(metric);
    if (found == null || !found.age().isFresh()) {
      return OptionalDouble.empty();
    }
    try {
      double value = Double.parseDouble(found.value());
      return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  @Override
  public String toString() {
    return address.isEmpty() || address.equals(name) ? name : name + " (" + address + ")";
  }
}
