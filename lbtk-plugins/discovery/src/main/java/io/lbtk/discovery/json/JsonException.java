package io.lbtk.discovery.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;

/** A document of JSON is malformed, or not what was meant: says where, and what was expected. */
public final class JsonException extends Exception {

  private static final long serialVersionUID = 1L;

  JsonException(String message) {
    super(message);
  }

  JsonException(JsonLocation location, String problem) {
    this("line %d, column %d: %s".formatted(location.getLineNr(), location.getColumnNr(), problem));
  }

  /** Something else was expected where the parser is. */
  public static JsonException unexpected(JsonParser parser, String expected) {
    return new JsonException(parser.currentTokenLocation(), "expected: " + expected);
  }
}
