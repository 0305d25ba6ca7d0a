package io.lbtk.kubernetes;

import io.lbtk.api.Target;
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

  private final Map<?, ?> endpoint;

  Endpoint(@Nullable Object json) {
    this.endpoint = Json.object(json);
  }

  /** Which one it is, for people. */
  String place() {
    Object name = Json.object(endpoint.get("targetRef")).get("name");
    return name == null ? "an endpoint" : "endpoint " + name;
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
    Map<?, ?> conditions = Json.object(endpoint.get("conditions"));
    boolean ready = !"false".equals(conditions.get("ready"));
    boolean leaving =
        "true".equals(conditions.get("terminating")) && "true".equals(conditions.get("serving"));
    if (!ready && !leaving) {
      return Optional.empty();
    }
    // Any further addresses are of the same endpoint, and consumers are to use the first.
    if (!(endpoint.get("addresses") instanceof List<?> addresses)
        || addresses.isEmpty()
        || !(addresses.get(0) instanceof String address)) {
      throw new IllegalArgumentException("no address (expected: one in addresses)");
    }
    return Optional.of(new Target(address, port, ready ? 1 : 0, 0, attributes()));
  }

  private Map<String, String> attributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (String attribute : List.of("zone", "node")) {
      Object value = endpoint.get(attribute.equals("node") ? "nodeName" : attribute);
      if (value != null) {
        attributes.put(attribute, value.toString());
      }
    }
    return attributes;
  }
}
