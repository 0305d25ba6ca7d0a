package io.lbtk.zookeeper;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonTree;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Data that is one object in JSON, and what is looked for in it. */
record JsonEntry(Map<?, ?> members) {

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

  /**
   * The target whose host and port stand at pointers.
   *
   * @throws IllegalArgumentException if one of them is missing, or is none
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
   * A target with the weight at the first of these pointers where there is one.
   *
   * @throws IllegalArgumentException if it is none
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
}
