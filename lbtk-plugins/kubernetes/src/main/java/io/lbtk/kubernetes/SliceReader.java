package io.lbtk.kubernetes;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.json.EntryValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Merges the endpoints of all slices of a service. Not thread-safe. */
final class SliceReader {

  private final String source;
  private final SlicePort port;
  private final @Nullable AddressType addressType;
  private final BadEntries bad;

  /**
   * Creates a reader.
   *
   * @param name the name of the refresher, for the log
   * @param source the service, for the log and for failures
   * @param addressType the type of addresses; null for the first one that the service has, since a
   *     dual-stack service lists each endpoint twice
   */
  SliceReader(String name, String source, SlicePort port, @Nullable AddressType addressType) {
    this.source = source;
    this.port = port;
    this.addressType = addressType;
    this.bad = new BadEntries(name + ": " + source);
  }

  /** Returns a snapshot, or a failure if there are entries but no targets. */
  Refresh read(List<Map<?, ?>> slices) {
    String type = type(slices);
    List<Target> targets = new ArrayList<>();
    bad.begin();
    for (Map<?, ?> slice : slices) {
      if (type.equals(slice.get("addressType"))) {
        addTargets(slice, targets);
      }
    }
    bad.end();
    targets.sort(Comparator.comparing(Target::hostPort));
    return bad.result(source, targets);
  }

  private String type(List<Map<?, ?>> slices) {
    return addressType != null
        ? addressType.word()
        : Stream.of(AddressType.values())
            .map(AddressType::word)
            .filter(
                word -> slices.stream().anyMatch(slice -> word.equals(slice.get("addressType"))))
            .findFirst()
            .orElse("");
  }

  private void addTargets(Map<?, ?> slice, List<Target> targets) {
    List<?> endpoints = slice.get("endpoints") instanceof List<?> list ? list : List.of();
    String name = "slice " + Json.object(slice.get("metadata")).get("name");
    if (endpoints.isEmpty()) {
      return;
    }
    int number;
    try {
      number = port.of(slice);
    } catch (IllegalArgumentException e) {
      bad.addNamed(name, endpoints.size() + " endpoints", String.valueOf(e.getMessage()));
      return;
    }
    int index = 0;
    for (Object json : endpoints) {
      Endpoint endpoint = new Endpoint(++index, json);
      try {
        endpoint.target(number).ifPresent(targets::add);
      } catch (IllegalArgumentException e) {
        bad.addNamed(
            name + ", " + endpoint.place(), endpoint.address(), String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * One endpoint of an EndpointSlice in JSON.
   *
   * <p>An endpoint that is ready, or has no such condition, gets connections. If it is terminating
   * but still serving, it gets weight 0, so that open connections stay. Any other endpoint is not a
   * target.
   */
  private static final class Endpoint {

    private final int number;
    private final Map<?, ?> endpoint;

    /**
     * Creates an endpoint.
     *
     * @param number the number in its slice, from 1
     */
    Endpoint(int number, @Nullable Object json) {
      this.number = number;
      this.endpoint = Json.object(json);
    }

    /** Returns the name or number of the endpoint, for messages. */
    String place() {
      Object name = Json.object(endpoint.get("targetRef")).get("name");
      return name == null ? "endpoint " + number : "endpoint " + name;
    }

    /** Returns the addresses as they are, for messages. */
    String address() {
      return String.valueOf(endpoint.get("addresses"));
    }

    /**
     * Returns the target; empty if the endpoint is neither ready nor serving.
     *
     * @param port the port of the slice
     * @throws IllegalArgumentException if the endpoint is malformed; the message says what was
     *     expected
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
      // Further addresses belong to the same endpoint; consumers have to use the first.
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
}
