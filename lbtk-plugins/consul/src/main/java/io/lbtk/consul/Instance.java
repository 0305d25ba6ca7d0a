package io.lbtk.consul;

import io.lbtk.api.Target;
import io.lbtk.discovery.Printable;
import io.lbtk.discovery.json.EntryValue;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  private static final Set<String> STATES = Set.of("passing", "warning", "critical");

  private final Map<?, ?> node;
  private final Map<?, ?> service;
  private final Map<?, ?> instance;

  /** An instance, of the JSON that stands for it; what is missing in that is empty. */
  Instance(@Nullable Object json) {
    this.instance = object(json);
    this.node = object(instance.get("Node"));
    this.service = object(instance.get("Service"));
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
    Object own = service.get("Address");
    Object address = own == null || own.equals("") ? node.get("Address") : own;
    return address + ":" + service.get("Port");
  }

  /** The address of a service that has none of its own is that of its node. */
  private String host() {
    Object own = service.get("Address");
    return own == null || own.equals("")
        ? EntryValue.text("address of its node", node.get("Address"))
        : EntryValue.text("address", own);
  }

  /**
   * The target; empty while a check is critical, as all are of what is in maintenance.
   *
   * @throws IllegalArgumentException if it can be none; the message says what was expected
   */
  Optional<Target> target() {
    Set<String> states = new HashSet<>();
    for (Object check : EntryValue.array("Checks", instance.get("Checks"))) {
      states.add(state(object(check)));
    }
    if (states.contains("critical")) {
      return Optional.empty();
    }
    Map<String, String> meta = new LinkedHashMap<>();
    EntryValue.object("Meta", service.get("Meta"))
        .forEach((key, value) -> meta.put(String.valueOf(key), meta(String.valueOf(key), value)));
    int port = EntryValue.port("port", service.get("Port"));
    int weight = weight(meta.remove(WEIGHT), states.contains("warning") ? "Warning" : "Passing");
    String priority = meta.remove(PRIORITY);
    return Optional.of(
        new Target(
            host(),
            port,
            weight,
            priority == null ? 0 : EntryValue.priority(PRIORITY, priority),
            meta));
  }

  private static String state(Map<?, ?> check) {
    String state = EntryValue.text("Status of a check", check.get("Status"));
    if (!STATES.contains(state)) {
      throw EntryValue.wrong("Status of a check", state, "passing, warning or critical");
    }
    return state;
  }

  private static String meta(String key, @Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw EntryValue.wrong("Meta " + Printable.line(key, 40), value, "a text");
  }

  private int weight(@Nullable String own, String state) {
    if (own != null) {
      return EntryValue.whole(WEIGHT, own, 0, Target.MAX_WEIGHT);
    }
    Object weight = EntryValue.object("Weights", service.get("Weights")).get(state);
    return weight == null ? 1 : EntryValue.whole("weight", weight, 0, Target.MAX_WEIGHT);
  }
}
