package io.lbtk.kubernetes;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The EndpointSlices of a service by name: those of one list, with the later events applied.
 * Thread-safe.
 */
final class SliceTable {

  private static final JsonPointer NAME = JsonPointer.compile("/metadata/name");
  private static final JsonPointer VERSION = JsonPointer.compile("/metadata/resourceVersion");

  private final Map<String, Map<?, ?>> slices = new LinkedHashMap<>();
  private String version;

  private SliceTable(String version) {
    this.version = version;
  }

  /**
   * Reads the response to a list request.
   *
   * @throws IOException if it is not a list of EndpointSlices
   */
  static SliceTable ofList(byte[] document) throws IOException {
    Object list = tree(document);
    SliceTable table = new SliceTable(Json.text(JsonTree.at(list, VERSION)));
    if (!(Json.object(list).get("items") instanceof List<?> items) || table.version.isEmpty()) {
      throw new IOException("no \"items\" with a resourceVersion (expected: an EndpointSliceList)");
    }
    items.forEach(slice -> table.slices.put(name(slice), Json.object(slice)));
    return table;
  }

  private static @Nullable Object tree(byte[] document) throws IOException {
    try {
      return JsonTree.read(document).orElse(null);
    } catch (JsonException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static String name(@Nullable Object slice) {
    return Json.text(JsonTree.at(slice, NAME));
  }

  /**
   * Applies an event of a watch.
   *
   * @param line the event in JSON
   * @return whether targets may have changed
   * @throws IOException if the event is malformed or ends the watch, so that the slices have to be
   *     listed again
   */
  synchronized boolean apply(byte[] line) throws IOException {
    Map<?, ?> event = Json.object(tree(line));
    Map<?, ?> slice = Json.object(event.get("object"));
    String type = Json.text(event.get("type"));
    switch (type) {
      case "ADDED", "MODIFIED" -> slices.put(name(slice), slice);
      case "DELETED" -> slices.remove(name(slice));
      case "BOOKMARK" -> {}
      default ->
          throw new IOException(
              "%s %s %s"
                  .formatted(
                      type, String.valueOf(slice.get("code")), Json.text(slice.get("message"))));
    }
    version = Json.text(JsonTree.at(slice, VERSION));
    return !type.equals("BOOKMARK");
  }

  /** Returns the resource version of this state. */
  synchronized String version() {
    return version;
  }

  /** Returns the current slices. */
  synchronized List<Map<?, ?>> slices() {
    return new ArrayList<>(slices.values());
  }
}
