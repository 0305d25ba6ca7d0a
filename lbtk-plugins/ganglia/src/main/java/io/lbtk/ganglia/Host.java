package io.lbtk.ganglia;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A host in Ganglia.
 *
 * @param name the name of the host; its address if it has none
 * @param address the address; empty if unknown
 * @param age the age of its last report
 * @param metrics the relevant metrics by name
 */
record Host(String name, String address, Age age, Map<String, Metric> metrics) {

  /** Returns the text of a metric of any age, if there is one. */
  Optional<String> text(String metric) {
    return Optional.ofNullable(metrics.get(metric)).map(Metric::value);
  }

  /** Returns the value of a metric, if it is a number and not too old. */
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

  /**
   * A metric of a host.
   *
   * @param value the value as text
   * @param age the age of the report
   */
  record Metric(String value, Age age) {}
}
