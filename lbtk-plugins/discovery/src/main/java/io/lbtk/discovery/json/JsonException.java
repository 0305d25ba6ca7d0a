package io.lbtk.discovery.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;

/**
 * Thrown if a JSON document is malformed or of an unexpected shape; the message says where, and
 * what was expected.
 */
public final class JsonException extends Exception {

  private static final long serialVersionUID = 1L;

  JsonException(String message) {
    super(message);
  }

  JsonException(JsonLocation location, String problem) {
    this("line %d, column %d: %s".formatted(location.getLineNr(), location.getColumnNr(), problem));
  }

  /** Returns an exception about the token at the parser's position. */
  public static JsonException unexpected(JsonParser parser, String expected) {
    return new JsonException(parser.currentTokenLocation(), "expected: " + expected);
  }
}
