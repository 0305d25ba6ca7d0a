package io.lbtk.discovery.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.lbtk.api.PrintableText;
import java.io.IOException;

/**
 * Reads a JSON document as a stream.
 *
 * @param <T> the type of the result
 */
@FunctionalInterface
public interface JsonReading<T> {

  /**
   * Reads the document; the parser is before its first token.
   *
   * @throws JsonException if the document has an unexpected shape
   */
  T read(JsonParser parser) throws IOException, JsonException;

  /**
   * Reads a whole document. Nesting deeper than 32 levels, strings longer than 64 KiB and numbers
   * longer than 64 digits are refused.
   *
   * @throws JsonException if the document is malformed, has an unexpected shape, or is followed by
   *     more
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
          parser.currentLocation(),
          "malformed JSON: " + PrintableText.of(problem, Limits.MAX_SHOWN));
    }
  }

  /** Returns true if the document starts with a UTF-8 byte order mark. */
  static boolean startsWithByteOrderMark(byte[] document) {
    return document.length >= 3
        && document[0] == (byte) 0xEF
        && document[1] == (byte) 0xBB
        && document[2] == (byte) 0xBF;
  }
}
