package io.lbtk.zookeeper;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.api.Target;
import io.lbtk.discovery.Printable;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonTree;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Data that is one object in JSON, and what is looked for in it. */
record JsonEntry(Map<?, ?> members) {

  private static final int MAX_SHOWN = 40;

  /** Finds the target in an object. */
  interface Reader {

    /** As {@link EntryFormat#read}. */
    Optional<Target> read(String name, JsonEntry entry);
  }

  /** Reads children whose data is an object. */
  static EntryFormat of(Reader reader) {
    return (name, data) -> reader.read(name, parse(data));
  }

  /**
   * Reads an object.
   *
   * @throws IllegalArgumentException if it is none
   */
  static JsonEntry parse(byte[] data) {
    try {
      if (JsonTree.read(data).orElse(null) instanceof Map<?, ?> members) {
        return new JsonEntry(members);
      }
    } catch (JsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    throw new IllegalArgumentException("no object in JSON (expected: one)");
  }

  /** Whether there is such a member, null included. */
  boolean has(String name) {
    return members.containsKey(name);
  }

  /** What stands at a pointer; null if that is nothing. */
  @Nullable Object at(String pointer) {
    return JsonTree.at(members, JsonPointer.compile(pointer));
  }

  /** The text or number at a pointer; null if there is none. */
  @Nullable String text(String pointer) {
    return at(pointer) instanceof String text ? text : null;
  }

  /**
   * The target whose host and port stand at pointers.
   *
   * @throws IllegalArgumentException if one of them is missing, or is none
   */
  Target target(String hostPointer, String portPointer) {
    String host = text(hostPointer);
    String port = text(portPointer);
    if (host == null || port == null) {
      throw new IllegalArgumentException(
          "no target (expected: a host at %s and a port at %s)"
              .formatted(hostPointer, portPointer));
    }
    return Target.of(host, number("port", port, 65535));
  }

  /**
   * A target with the weight at the first of these pointers where there is one.
   *
   * @throws IllegalArgumentException if it is none
   */
  Target weighted(Target target, String... pointers) {
    for (String pointer : pointers) {
      String weight = text(pointer);
      if (weight != null) {
        return target.withWeight(number("weight", weight, Target.MAX_WEIGHT));
      }
    }
    return target;
  }

  /** Some write a whole number as 7.0, and others a share that has more places. */
  private static int number(String what, String text, int max) {
    try {
      double number = Double.parseDouble(text);
      if (number >= 0 && number <= max) {
        return (int) Math.round(number);
      }
    } catch (NumberFormatException e) {
      // Said below, as for one that is out of range.
    }
    throw new IllegalArgumentException(
        "%s \"%s\" (expected: a number, at most %d)"
            .formatted(what, Printable.line(text, MAX_SHOWN), max));
  }
}
