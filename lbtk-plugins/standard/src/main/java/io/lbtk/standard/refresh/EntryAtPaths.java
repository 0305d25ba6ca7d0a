package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.api.Target;
import io.lbtk.discovery.json.JsonTree;
import io.lbtk.discovery.json.TreeReader;
import org.jspecify.annotations.Nullable;

/** Finds the target of an entry where {@link JsonPaths} lead. */
final class EntryAtPaths implements TreeReader.EntryReader {

  private final JsonPointer host;
  private final @Nullable JsonPointer port;
  private final String fixedPort;
  private final @Nullable JsonPointer address;
  private final @Nullable JsonPointer weight;

  EntryAtPaths(JsonPaths paths) {
    this.host = JsonPointer.compile(paths.host());
    this.fixedPort = paths.port();
    this.port = JsonPaths.isPort(paths.port()) ? null : JsonPointer.compile(paths.port());
    this.address = paths.address() == null ? null : JsonPointer.compile(paths.address());
    this.weight = paths.weight() == null ? null : JsonPointer.compile(paths.weight());
  }

  @Override
  public Target read(@Nullable Object entry) {
    Target plain =
        address == null
            ? Target.of(text("host", entry, host), port(entry))
            : Target.parse(text("address", entry, address));
    Object heavy = weight == null ? null : JsonTree.at(entry, weight);
    return heavy == null ? plain : plain.withWeight(weight(heavy));
  }

  private int port(@Nullable Object entry) {
    String text = port == null ? fixedPort : text("port", entry, port);
    if (!JsonPaths.isPort(text)) {
      throw new IllegalArgumentException(
          "port \"%s\" (expected: a number from 1 to 65535)".formatted(text));
    }
    return Integer.parseInt(text);
  }

  private static int weight(Object heavy) {
    try {
      double value = Double.parseDouble(String.valueOf(heavy));
      if (value >= 0 && value <= Target.MAX_WEIGHT) {
        // What has some weight keeps some.
        return value > 0 ? (int) Math.max(1, Math.round(value)) : 0;
      }
    } catch (NumberFormatException e) {
      // Said below, as for one that is out of range.
    }
    throw new IllegalArgumentException(
        "weight \"%s\" (expected: a number from 0 to %d)".formatted(heavy, Target.MAX_WEIGHT));
  }

  private static String text(String what, @Nullable Object entry, JsonPointer pointer) {
    Object found = JsonTree.at(entry, pointer);
    if (found instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(
        "no %s at \"%s\" (expected: a text or a number)".formatted(what, pointer));
  }
}
