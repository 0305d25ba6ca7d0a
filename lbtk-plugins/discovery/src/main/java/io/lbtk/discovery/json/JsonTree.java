package io.lbtk.discovery.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON document in memory: objects are maps, arrays are lists, strings are strings, {@code true}
 * and {@code false} are booleans, numbers are {@link JsonNumber}, and null is null.
 */
public final class JsonTree {

  private JsonTree() {}

  /**
   * Reads a whole document of any shape.
   *
   * @return the root value; empty for null
   * @throws JsonException if the document is malformed, or exceeds the limits of {@link
   *     JsonReading}
   */
  public static Optional<Object> read(byte[] document) throws JsonException {
    JsonReading<Optional<Object>> whole =
        parser -> {
          if (parser.nextToken() == null) {
            throw JsonException.unexpected(parser, "a JSON document");
          }
          return Optional.ofNullable(read(parser));
        };
    return whole.from(document);
  }

  /** Reads the value at the parser's position. */
  public static @Nullable Object read(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        object.put(name, read(parser));
      }
      return object;
    }
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      List<@Nullable Object> array = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        array.add(read(parser));
      }
      return array;
    }
    return switch (parser.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getText());
      default -> parser.getText();
    };
  }

  /** Returns the value at a pointer; null if there is none. */
  public static @Nullable Object at(@Nullable Object tree, JsonPointer pointer) {
    Object here = tree;
    for (JsonPointer step = pointer; !step.matches() && here != null; step = step.tail()) {
      if (here instanceof Map<?, ?> object) {
        here = object.get(step.getMatchingProperty());
      } else if (here instanceof List<?> array) {
        int index = step.getMatchingIndex();
        here = index >= 0 && index < array.size() ? array.get(index) : null;
      } else {
        here = null;
      }
    }
    return here;
  }
}
