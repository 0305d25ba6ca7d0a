package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import io.lbtk.discovery.json.JsonTree;
import io.lbtk.discovery.json.TreeReader;
import org.jspecify.annotations.Nullable;

/** Reads the target of an entry by {@link JsonPaths}. */
final class EntryAtPaths implements TreeReader.EntryReader {

  private final JsonPointer host;
  private final @Nullable JsonPointer port;
  private final int fixedPort;
  private final @Nullable JsonPointer address;
  private final @Nullable JsonPointer weight;

  EntryAtPaths(JsonPaths paths) {
    this.host = JsonPointer.compile(paths.host());
    this.fixedPort = JsonPaths.isPort(paths.port()) ? Integer.parseInt(paths.port()) : 0;
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
    return heavy == null ? plain : plain.withWeight(EntryValue.weight("weight", heavy));
  }

  private int port(@Nullable Object entry) {
    return port == null ? fixedPort : EntryValue.port("port", at("port", entry, port));
  }

  private static String text(String what, @Nullable Object entry, JsonPointer pointer) {
    return EntryValue.text(what, at(what, entry, pointer));
  }

  private static Object at(String what, @Nullable Object entry, JsonPointer pointer) {
    Object found = JsonTree.at(entry, pointer);
    if (found == null) {
      throw new IllegalArgumentException(
          "no %s (expected: one at \"%s\")".formatted(what, pointer));
    }
    return found;
  }
}
