package io.lbtk.zookeeper;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonNumber;
import io.lbtk.discovery.json.JsonTree;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Data that is a JSON object. */
record JsonEntry(Map<?, ?> members) {

  /** Reads the target of an object. */
  interface Reader {

    /** Reads an object, as {@link EntryFormat#read} does. */
    Optional<Target> read(String name, JsonEntry entry);
  }

  /** Returns a format of children whose data is an object. */
  static EntryFormat of(Reader reader) {
    return (name, data) -> reader.read(name, parse(data));
  }

  /**
   * Parses an object.
   *
   * @throws IllegalArgumentException if {@code data} is not a JSON object
   */
  static JsonEntry parse(byte[] data) {
    try {
      if (JsonTree.read(data).orElse(null) instanceof Map<?, ?> members) {
        return new JsonEntry(members);
      }
    } catch (JsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    throw new IllegalArgumentException("no JSON object (expected: one)");
  }

  /** Returns whether there is such a member, even if it is null. */
  boolean has(String name) {
    return members.containsKey(name);
  }

  /** Returns the value at a pointer; null if there is none. */
  @Nullable Object at(String pointer) {
    return JsonTree.at(members, JsonPointer.compile(pointer));
  }

  /**
   * Returns the target with host and port at the given pointers.
   *
   * @throws IllegalArgumentException if one of them is missing or malformed
   */
  Target target(String hostPointer, String portPointer) {
    if (at(hostPointer) == null || at(portPointer) == null) {
      throw new IllegalArgumentException(
          "no target (expected: a host at %s and a port at %s)"
              .formatted(hostPointer, portPointer));
    }
    return Target.of(
        EntryValue.text("host", at(hostPointer)), EntryValue.port("port", at(portPointer)));
  }

  /**
   * Returns a target with the weight at the first of the pointers that has a value.
   *
   * @throws IllegalArgumentException if the value is not a weight
   */
  Target weighted(Target target, String... pointers) {
    for (String pointer : pointers) {
      Object weight = at(pointer);
      if (weight != null) {
        return target.withWeight(EntryValue.weight("weight", weight));
      }
    }
    return target;
  }

  /**
   * Reads instances of services in the format of Curator's {@code ServiceInstance}, with the weight
   * in the payload.
   */
  static final class Curator implements Reader {

    static boolean matches(JsonEntry entry) {
      return entry.has("address") && (entry.has("id") || entry.has("serviceType"));
    }

    @Override
    public Optional<Target> read(String name, JsonEntry entry) {
      if (!EntryValue.flag("enabled", entry.at("/enabled"), true)) {
        return Optional.empty();
      }
      String port = entry.at("/port") == null ? "/sslPort" : "/port";
      Target target = entry.target("/address", port);
      return Optional.of(entry.weighted(target, "/payload/weight", "/payload/metadata/weight"));
    }
  }

  /** Reads members of a serverset. Other children, such as a vector of weights, are ignored. */
  static final class Serverset implements Reader {

    private static final String MEMBER = "member_";
    private static final String VECTOR = "vector_";

    private final String endpoint;

    /**
     * Creates a reader.
     *
     * @param endpoint the name of an additional endpoint; null for the endpoint of the service
     */
    Serverset(@Nullable String endpoint) {
      this.endpoint =
          endpoint == null ? "/serviceEndpoint" : "/additionalEndpoints/" + escaped(endpoint);
    }

    private static String escaped(String member) {
      return member.replace("~", "~0").replace("/", "~1");
    }

    static boolean matches(JsonEntry entry) {
      return entry.has("serviceEndpoint") || entry.has("vector");
    }

    @Override
    public Optional<Target> read(String name, JsonEntry entry) {
      if (name.startsWith(VECTOR)) {
        return Optional.empty();
      }
      if (!name.startsWith(MEMBER)) {
        throw new IllegalArgumentException(
            "no member (expected: a name such as member_0000000001)");
      }
      String status = EntryValue.text("status", entry.at("/status"));
      return status.equals("ALIVE")
          ? Optional.of(entry.target(endpoint + "/host", endpoint + "/port"))
          : Optional.empty();
    }
  }

  /** Reads instances in the format of SmartStack's Nerve. */
  static final class Nerve implements Reader {

    @Override
    public Optional<Target> read(String name, JsonEntry entry) {
      return Optional.of(entry.weighted(entry.target("/host", "/port"), "/weight"));
    }
  }

  /**
   * Reads Kafka brokers. A broker without a plain-text listener has only endpoints, but no host.
   */
  static final class Kafka implements Reader {

    private static final String SCHEME_END = "://";

    /** In place of the port of a broker without a host. */
    private static final JsonNumber NO_PORT = new JsonNumber("-1");

    private final @Nullable String listener;

    /**
     * Creates a reader.
     *
     * @param listener the name of an endpoint; null for the address of the broker, or else its
     *     first endpoint
     */
    Kafka(@Nullable String listener) {
      this.listener = listener;
    }

    static boolean matches(JsonEntry entry) {
      return entry.has("jmx_port") || entry.has("endpoints");
    }

    @Override
    public Optional<Target> read(String name, JsonEntry entry) {
      boolean hasAddress = entry.at("/host") != null && !NO_PORT.equals(entry.at("/port"));
      return Optional.of(
          listener == null && hasAddress ? entry.target("/host", "/port") : endpoint(entry));
    }

    private Target endpoint(JsonEntry entry) {
      for (Object endpoint : EntryValue.array("endpoints", entry.at("/endpoints"))) {
        String text = EntryValue.text("endpoint", endpoint);
        int end = text.indexOf(SCHEME_END);
        if (end >= 0 && (listener == null || listener.equals(text.substring(0, end)))) {
          return Target.parse(text.substring(end + SCHEME_END.length()));
        }
      }
      throw new IllegalArgumentException(
          "no endpoint (expected: one such as %s://host:9092)"
              .formatted(listener == null ? "PLAINTEXT" : listener));
    }
  }
}
