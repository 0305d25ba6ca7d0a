package io.lbtk.ganglia;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.json.EntryValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts hosts with a recent report into targets. A host whose metrics are missing or too old
 * gets the median weight of the others. Not thread-safe.
 */
final class HostTargets {

  private static final Logger log = LoggerFactory.getLogger(HostTargets.class);

  /** Longest name of a host. */
  private static final int MAX_NAME = 255;

  private final String name;
  private final String server;
  private final OptionalInt port;
  private final GangliaMetric metric;
  private final BadEntries bad;
  private boolean unmeasured;

  /**
   * Creates a converter.
   *
   * @param name the name of the refresher, for the log
   * @param server the server, for the log and for failures
   * @param port the port of hosts without a metric for it
   */
  HostTargets(String name, String server, OptionalInt port, GangliaMetric metric) {
    this.name = name;
    this.server = server;
    this.port = port;
    this.metric = metric;
    this.bad = new BadEntries(name + ": " + server);
  }

  Refresh of(List<Host> hosts) {
    if (hosts.isEmpty()) {
      return Refresh.failure(
          server
              + ": it lists no host (expected: at least one; a gmond that has just started"
              + " knows none)");
    }
    List<Host> alive =
        hosts.stream().filter(host -> host.age().isFresh() || !host.age().isKnown()).toList();
    if (alive.isEmpty()) {
      // More likely the server is cut off than that all hosts have died at once.
      return Refresh.failure(
          "%s: none of its %d hosts has reported recently (expected: at least one; a gmond that no"
                  .formatted(server, hosts.size())
              + " packet reaches says so, as does a gmetad that cannot reach its gmond)");
    }
    int median = median(alive);
    bad.begin();
    List<Target> targets = new ArrayList<>(alive.size());
    for (Host host : alive) {
      try {
        targets.add(target(host).withWeight(rounded(metric.weight(host)).orElse(median)));
      } catch (IllegalArgumentException e) {
        bad.add("a host", host.toString(), String.valueOf(e.getMessage()));
      }
    }
    bad.end();
    // Sorted, because the order of an answer is that of a hash table.
    targets.sort(Comparator.comparing(Target::hostPort));
    return bad.result(server, targets);
  }

  private static OptionalInt rounded(OptionalDouble weight) {
    return weight.isPresent()
        ? OptionalInt.of((int) Math.round(weight.getAsDouble()))
        : OptionalInt.empty();
  }

  private int median(List<Host> hosts) {
    int[] weights =
        hosts.stream()
            .flatMapToInt(host -> rounded(metric.weight(host)).stream())
            .sorted()
            .toArray();
    note(weights.length == 0);
    return weights.length == 0 ? 1 : weights[weights.length / 2];
  }

  private void note(boolean nowUnmeasured) {
    if (nowUnmeasured && !unmeasured) {
      log.warn(
          "{}: {}: no host has the values for metric = {}; all have the same weight",
          name,
          server,
          GangliaRefresherProvider.METRIC.print(metric));
    }
    unmeasured = nowUnmeasured;
  }

  private Target target(Host host) {
    if (!host.age().isKnown()) {
      throw new IllegalArgumentException(
          "its age is not known (expected: TN and TMAX in whole seconds, TMAX at most 86400)");
    }
    String address = host.address().isEmpty() ? host.name() : host.address();
    if (address.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "a host of %d characters (expected: %d at most)".formatted(address.length(), MAX_NAME));
    }
    Target target = Target.of(address, port(host));
    return host.name().equals(address) || host.name().isEmpty()
        ? target
        : target.withAttributes(Map.of("name", host.name()));
  }

  private int port(Host host) {
    Optional<String> own = host.text("lbtk_port");
    if (own.isEmpty()) {
      return port.orElseThrow(
          () ->
              new IllegalArgumentException(
                  "no port (expected: the option port, or a metric lbtk_port of the host)"));
    }
    return EntryValue.port("lbtk_port", own.get());
  }
}
