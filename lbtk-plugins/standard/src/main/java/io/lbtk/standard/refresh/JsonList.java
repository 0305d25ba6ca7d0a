package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.lbtk.api.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One list of targets as JSON, read as a stream.
 *
 * <ul>
 *   <li>The {@code file_sd} format of Prometheus: an array of groups, {@code
 *       {"targets":["host:port"],"labels":{…}}}. Labels become attributes; {@code weight} (or
 *       {@code __weight__}) and {@code priority} are what they say.
 *   <li>{@code {"targets":[{"host":"…","port":80,"weight":2,"priority":0}]}}, where other members
 *       become attributes. A target can also be a text, as everywhere.
 * </ul>
 *
 * An entry that is no target is named and skipped. What cannot be the document that was meant is
 * refused as a whole: malformed JSON, other members than these, other types.
 */
final class JsonList {

  private static final int MAX_DEPTH = 16;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Lines.MAX_LENGTH)
                  .maxNameLength(1024)
                  .maxNumberLength(64)
                  .build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private static final Pattern SOURCE = Pattern.compile(" \\([^()]*\\[Source: [^\\]]*]\\)");

  private final BadEntries bad;

  JsonList(BadEntries bad) {
    this.bad = bad;
  }

  /**
   * Reads a document to its end.
   *
   * @throws JsonListException if it is malformed
   */
  List<Target> read(byte[] document) throws JsonListException {
    return parse(document, this::read);
  }

  /**
   * Reads a document of any shape to its end.
   *
   * @return as {@link JsonTree} has it; empty for null
   * @throws JsonListException if it is malformed
   */
  static Optional<Object> readTree(byte[] document) throws JsonListException {
    return parse(
        document,
        parser -> {
          if (parser.nextToken() == null) {
            throw unexpected(parser, "a JSON document");
          }
          return Optional.ofNullable(JsonTree.read(parser));
        });
  }

  private interface Reading<T> {
    T read(JsonParser parser) throws IOException, JsonListException;
  }

  private static <T> T parse(byte[] document, Reading<T> reading) throws JsonListException {
    int start = ListReader.startsWithByteOrderMark(document) ? 3 : 0;
    try (JsonParser parser = FACTORY.createParser(document, start, document.length - start)) {
      return parse(parser, reading);
    } catch (IOException e) {
      throw new JsonListException(String.valueOf(e.getMessage()));
    }
  }

  private static <T> T parse(JsonParser parser, Reading<T> reading)
      throws IOException, JsonListException {
    try {
      T result = reading.read(parser);
      if (parser.nextToken() != null) {
        throw unexpected(parser, "nothing after the list");
      }
      return result;
    } catch (JsonProcessingException e) {
      throw at(
          parser.currentLocation(),
          "malformed JSON: " + Printable.line(withoutSource(e.getOriginalMessage()), 200));
    }
  }

  private List<Target> read(JsonParser parser) throws IOException, JsonListException {
    List<Target> targets = new ArrayList<>();
    JsonToken first = parser.nextToken();
    if (first == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        readEntry(parser, targets, true);
      }
    } else if (first == JsonToken.START_OBJECT) {
      readEntry(parser, targets, true);
    } else {
      throw unexpected(parser, "an array of groups, or an object with \"targets\"");
    }
    return targets;
  }

  /**
   * The parser speaks of places as of a source that it does not show, which tells nobody a thing.
   */
  private static String withoutSource(String message) {
    return SOURCE.matcher(message).replaceAll("");
  }

  /** A target, or, on the outside, a group of targets. */
  private void readEntry(JsonParser parser, List<Target> targets, boolean outside)
      throws IOException, JsonListException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      new JsonEntry(parser, bad).addText(parser.getText(), targets);
      return;
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw unexpected(
          parser, outside ? "a group of targets" : "a target, \"host:port\" or an object");
    }
    JsonEntry entry = new JsonEntry(parser, bad);
    List<Target> members = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      if (outside && name.equals("targets")) {
        members = members == null ? new ArrayList<>() : members;
        readTargets(parser, members);
      } else if (outside && name.equals("labels")) {
        readLabels(parser, entry);
      } else {
        entry.put(name, scalar(parser, name));
      }
    }
    if (members == null) {
      entry.addTarget(targets);
    } else {
      entry.addGroup(members, targets);
    }
  }

  private void readTargets(JsonParser parser, List<Target> targets)
      throws IOException, JsonListException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw unexpected(parser, "\"targets\" to be an array");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      readEntry(parser, targets, false);
    }
  }

  private static void readLabels(JsonParser parser, JsonEntry entry)
      throws IOException, JsonListException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw unexpected(parser, "\"labels\" to be an object");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      entry.putLabel(name, scalar(parser, name));
    }
  }

  private static String scalar(JsonParser parser, String name)
      throws IOException, JsonListException {
    if (!parser.currentToken().isScalarValue() || parser.currentToken() == JsonToken.VALUE_NULL) {
      throw unexpected(parser, "a text or a number for \"" + Printable.line(name, 40) + "\"");
    }
    return parser.getText();
  }

  static JsonListException unexpected(JsonParser parser, String expected) {
    return at(parser.currentTokenLocation(), "expected: " + expected);
  }

  private static JsonListException at(JsonLocation location, String problem) {
    return new JsonListException(
        "line %d, column %d: %s".formatted(location.getLineNr(), location.getColumnNr(), problem));
  }
}
