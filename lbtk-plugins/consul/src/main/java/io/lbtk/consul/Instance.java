package io.lbtk.consul;

import io.lbtk.api.PrintableText;
import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One instance in a response of {@code /v1/health/service}: the service, its node, and the checks
 * of both.
 */
final class Instance {

  /**
   * Member of Meta for a weight of 0, which Consul does not support; overrides the weight of
   * Consul.
   */
  static final String WEIGHT = "lbtk-weight";

  /** Member of Meta for the priority, which Consul does not support. */
  static final String PRIORITY = "lbtk-priority";

  private static final Set<String> STATES = Set.of("passing", "warning", "critical");

  private final Map<?, ?> node;
  private final Map<?, ?> service;
  private final Map<?, ?> instance;

  /** Creates an instance from its JSON, in which missing members count as empty. */
  Instance(@Nullable Object json) {
    this.instance = object(json);
    this.node = object(instance.get("Node"));
    this.service = object(instance.get("Service"));
  }

  private static Map<?, ?> object(@Nullable Object json) {
    return json instanceof Map<?, ?> object ? object : Map.of();
  }

  /** Returns the IDs of the instance and its node, for messages. */
  String place() {
    return "instance %s on node %s".formatted(service.get("ID"), node.get("Node"));
  }

  /** Returns the address, valid or not, for messages. */
  String address() {
    Object own = service.get("Address");
    Object address = own == null || own.equals("") ? node.get("Address") : own;
    return address + ":" + service.get("Port");
  }

  /** Returns the address of the service, or that of its node if it has none. */
  private String host() {
    Object own = service.get("Address");
    return own == null || own.equals("")
        ? EntryValue.text("address of its node", node.get("Address"))
        : EntryValue.text("address", own);
  }

  /**
   * Returns the target; empty while a check is critical, as during maintenance.
   *
   * @throws IllegalArgumentException if the instance is malformed; the message says what was
   *     expected
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
    throw EntryValue.wrong("Meta " + PrintableText.of(key, 40), value, "a text");
  }

  private int weight(@Nullable String own, String state) {
    if (own != null) {
      return EntryValue.whole(WEIGHT, own, 0, Target.MAX_WEIGHT);
    }
    Object weight = EntryValue.object("Weights", service.get("Weights")).get(state);
    return weight == null ? 1 : EntryValue.whole("weight", weight, 0, Target.MAX_WEIGHT);
  }
}
