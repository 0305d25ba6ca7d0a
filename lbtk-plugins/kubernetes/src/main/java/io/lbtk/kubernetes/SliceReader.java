package io.lbtk.kubernetes;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Joins the endpoints of all slices of a service. Used by one thread at a time. */
final class SliceReader {

  private final String source;
  private final SlicePort port;
  private final @Nullable AddressType addressType;
  private final BadEntries bad;

  /**
   * A reader.
   *
   * @param name of the refresher, for the log
   * @param source what is read, for the log and for failures
   * @param addressType null for the first that the service has: one with addresses of both families
   *     has each endpoint in a slice of each
   */
  SliceReader(String name, String source, SlicePort port, @Nullable AddressType addressType) {
    this.source = source;
    this.port = port;
    this.addressType = addressType;
    this.bad = new BadEntries(name + ": " + source);
  }

  /** Gives a snapshot; or a failure where none of the entries can be a target. */
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
}
