package io.lbtk.discovery.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.lbtk.discovery.Printable;
import java.io.IOException;

/**
 * Reads one document of JSON as a stream.
 *
 * @param <T> what is read
 */
@FunctionalInterface
public interface JsonReading<T> {

  /**
   * Reads from the first token on; the parser stands before it.
   *
   * @throws JsonException if it is not what was meant
   */
  T read(JsonParser parser) throws IOException, JsonException;

  /**
   * Reads a document to its end. No level of nesting deeper than 32, no text longer than 64 KiB and
   * no number longer than 64 digits is taken.
   *
   * @throws JsonException if it is malformed, is not what was meant, or goes on after its end
   */
  default T from(byte[] document) throws JsonException {
    int start = startsWithByteOrderMark(document) ? 3 : 0;
    try (JsonParser parser =
        Limits.FACTORY.createParser(document, start, document.length - start)) {
      return whole(parser);
    } catch (IOException e) {
      throw new JsonException(String.valueOf(e.getMessage()));
    }
  }

  private T whole(JsonParser parser) throws IOException, JsonException {
    try {
      T result = read(parser);
      if (parser.nextToken() != null) {
        throw JsonException.unexpected(parser, "nothing after the list");
      }
      return result;
    } catch (JsonProcessingException e) {
      String problem = Limits.SOURCE.matcher(e.getOriginalMessage()).replaceAll("");
      throw new JsonException(
          parser.currentLocation(), "malformed JSON: " + Printable.line(problem, Limits.MAX_SHOWN));
    }
  }

  /** Whether a document starts with the three bytes that some editors put before UTF-8. */
  static boolean startsWithByteOrderMark(byte[] document) {
    return document.length >= 3
        && document[0] == (byte) 0xEF
        && document[1] == (byte) 0xBB
        && document[2] == (byte) 0xBF;
  }
}
