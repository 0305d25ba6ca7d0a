package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON of any shape, in which {@link JsonPaths} lead to the targets. An entry that is no
 * target is named and skipped; a document without the array is refused as a whole.
 */
final class PathsReader implements DocumentReader {

  private final String source;
  private final BadEntries bad;
  private final JsonPointer array;
  private final JsonPointer host;
  private final @Nullable JsonPointer port;
  private final String fixedPort;
  private final @Nullable JsonPointer address;
  private final @Nullable JsonPointer weight;

  PathsReader(String name, String source, JsonPaths paths) {
    this.source = source;
    this.bad = new BadEntries(name + ": " + source);
    this.array = JsonPointer.compile(paths.array());
    this.host = JsonPointer.compile(paths.host());
    this.fixedPort = paths.port();
    this.port = JsonPaths.isPort(paths.port()) ? null : JsonPointer.compile(paths.port());
    this.address = paths.address() == null ? null : JsonPointer.compile(paths.address());
    this.weight = paths.weight() == null ? null : JsonPointer.compile(paths.weight());
  }

  @Override
  public Refresh read(byte[] document) {
    Object entries;
    try {
      entries = JsonTree.at(JsonList.readTree(document).orElse(null), array);
    } catch (JsonListException e) {
      return Refresh.failure(source + ": " + e.getMessage());
    }
    if (entries instanceof Map<?, ?> object) {
      return read(object.values());
    }
    if (entries instanceof List<?> list) {
      return read(list);
    }
    return Refresh.failure(
        "%s: no array at %s (expected: one, or an object; see array)"
            .formatted(source, array.matches() ? "its root" : "\"" + array + "\""));
  }

  private Refresh read(Collection<?> entries) {
    bad.begin();
    List<Target> targets = new ArrayList<>();
    int number = 0;
    for (Object entry : entries) {
      number++;
      try {
        targets.add(target(entry));
      } catch (IllegalArgumentException e) {
        bad.add("entry " + number, String.valueOf(entry), String.valueOf(e.getMessage()));
      }
    }
    bad.end();
    return ListReader.result(source, targets, bad);
  }

  private Target target(@Nullable Object entry) {
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
