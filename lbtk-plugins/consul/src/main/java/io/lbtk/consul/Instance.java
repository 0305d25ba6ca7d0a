package io.lbtk.consul;

import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a service as {@code /v1/health/service} tells it: the service, the node that it
 * is on, and the checks of both.
 */
final class Instance {

  /**
   * A weight that Consul itself cannot keep: it takes none below 1. It counts in place of Consul's.
   */
  static final String WEIGHT = "lbtk-weight";

  /** The priority, which Consul does not know. */
  static final String PRIORITY = "lbtk-priority";

  private final Map<?, ?> node;
  private final Map<?, ?> service;
  private final List<?> checks;

  /** An instance, of the JSON that stands for it; what is missing in that is empty. */
  Instance(@Nullable Object json) {
    Map<?, ?> instance = object(json);
    this.node = object(instance.get("Node"));
    this.service = object(instance.get("Service"));
    this.checks = instance.get("Checks") instanceof List<?> list ? list : List.of();
  }

  private static Map<?, ?> object(@Nullable Object json) {
    return json instanceof Map<?, ?> object ? object : Map.of();
  }

  /** Which one it is, for people. */
  String place() {
    return "instance %s on node %s".formatted(service.get("ID"), node.get("Node"));
  }

  /** Where it is, for people, whether that can be or not. */
  String address() {
    return host() + ":" + service.get("Port");
  }

  /** The address of a service that has none of its own is that of its node. */
  private String host() {
    return service.get("Address") instanceof String own && !own.isEmpty()
        ? own
        : node.get("Address") instanceof String shared ? shared : "";
  }

  /**
   * The target; empty while a check is critical, as all are of what is in maintenance.
   *
   * @throws IllegalArgumentException if it can be none; the message says what was expected
   */
  Optional<Target> target() {
    List<String> states = new ArrayList<>();
    checks.forEach(check -> states.add(String.valueOf(object(check).get("Status"))));
    if (states.contains("critical")) {
      return Optional.empty();
    }
    Map<String, String> meta = new LinkedHashMap<>();
    object(service.get("Meta"))
        .forEach((key, value) -> meta.put(String.valueOf(key), String.valueOf(value)));
    int port = number("port", String.valueOf(service.get("Port")), 1, 65535);
    int weight = weight(meta.remove(WEIGHT), states.contains("warning") ? "Warning" : "Passing");
    String priority = meta.remove(PRIORITY);
    return Optional.of(
        new Target(
            host(),
            port,
            weight,
            priority == null ? 0 : number(PRIORITY, priority, 0, Integer.MAX_VALUE),
            meta));
  }

  private int weight(@Nullable String own, String state) {
    if (own != null) {
      return number(WEIGHT, own, 0, Target.MAX_WEIGHT);
    }
    Object weight = object(service.get("Weights")).get(state);
    return weight == null ? 1 : number("weight", weight.toString(), 0, Target.MAX_WEIGHT);
  }

  private static int number(String what, String text, int min, int max) {
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for one that is out of range.
    }
    throw new IllegalArgumentException(
        "%s \"%s\" (expected: a number from %d to %d)".formatted(what, text, min, max));
  }
}
