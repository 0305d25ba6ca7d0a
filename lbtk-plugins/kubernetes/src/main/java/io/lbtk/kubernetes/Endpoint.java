package io.lbtk.kubernetes;

import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of an EndpointSlice, as JSON has it.
 *
 * <p>One that is ready, or does not say, gets connections. One that is not, and is terminating but
 * still serving, stays with weight 0, so that what it has goes on. Any other is no target.
 */
final class Endpoint {

  private final int number;
  private final Map<?, ?> endpoint;

  /**
   * An endpoint.
   *
   * @param number in its slice, from 1 on
   */
  Endpoint(int number, @Nullable Object json) {
    this.number = number;
    this.endpoint = Json.object(json);
  }

  /** Which one it is, for people. */
  String place() {
    Object name = Json.object(endpoint.get("targetRef")).get("name");
    return name == null ? "endpoint " + number : "endpoint " + name;
  }

  /** Its address, for people, whether there is one or not. */
  String address() {
    return String.valueOf(endpoint.get("addresses"));
  }

  /**
   * The target; empty for one that is not to get connections, nor to keep any.
   *
   * @param port of its slice
   * @throws IllegalArgumentException if it can be none; the message says what was expected
   */
  Optional<Target> target(int port) {
    Map<?, ?> conditions = EntryValue.object("conditions", endpoint.get("conditions"));
    boolean ready = EntryValue.flag("ready", conditions.get("ready"), true);
    boolean terminating = EntryValue.flag("terminating", conditions.get("terminating"), false);
    boolean serving = EntryValue.flag("serving", conditions.get("serving"), false);
    boolean leaving = terminating && serving;
    if (!ready && !leaving) {
      return Optional.empty();
    }
    // Any further addresses are of the same endpoint, and consumers are to use the first.
    List<?> addresses = EntryValue.array("addresses", endpoint.get("addresses"));
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("no address (expected: one in addresses)");
    }
    String address = EntryValue.text("address", addresses.get(0));
    return Optional.of(new Target(address, port, ready ? 1 : 0, 0, attributes()));
  }

  private Map<String, String> attributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (String attribute : List.of("zone", "node")) {
      Object value = endpoint.get(attribute.equals("node") ? "nodeName" : attribute);
      if (value != null) {
        attributes.put(attribute, EntryValue.text(attribute, value));
      }
    }
    return attributes;
  }
}
