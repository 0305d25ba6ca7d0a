package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonReading;
import io.lbtk.discovery.json.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a list of targets as JSON.
 *
 * <ul>
 *   <li>The {@code file_sd} format of Prometheus: an array of groups, {@code
 *       {"targets":["host:port"],"labels":{…}}}. Labels become attributes; {@code weight} (or
 *       {@code __weight__}) and {@code priority} set weight and priority.
 *   <li>{@code {"targets":[{"host":"…","port":80,"weight":2,"priority":0}]}}, where other members
 *       become attributes. A target can also be a string, as everywhere.
 * </ul>
 *
 * An entry that is not a target, or has a value of another type, is logged and skipped. A document
 * that cannot be meant as a list is refused as a whole: malformed JSON, unknown members, no array
 * of targets.
 */
final class JsonList {

  private final BadEntries bad;

  JsonList(BadEntries bad) {
    this.bad = bad;
  }

  /**
   * Reads a whole document.
   *
   * @throws JsonException if it is malformed
   */
  List<Target> read(byte[] document) throws JsonException {
    JsonReading<List<Target>> whole = this::read;
    return whole.from(document);
  }

  private List<Target> read(JsonParser parser) throws IOException, JsonException {
    List<Target> targets = new ArrayList<>();
    JsonToken first = parser.nextToken();
    if (first == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        readEntry(parser, targets, true);
      }
    } else if (first == JsonToken.START_OBJECT) {
      readEntry(parser, targets, true);
    } else {
      throw JsonException.unexpected(parser, "an array of groups, or an object with \"targets\"");
    }
    return targets;
  }

  /** Reads a target or, at the top level, a group of targets. */
  private void readEntry(JsonParser parser, List<Target> targets, boolean outside)
      throws IOException, JsonException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      new JsonEntry(parser, bad).addText(parser.getText(), targets);
      return;
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      new JsonEntry(parser, bad).addOther(JsonTree.read(parser), outside);
      return;
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
        entry.put(name, JsonTree.read(parser));
      }
    }
    if (members == null) {
      entry.addTarget(targets);
    } else {
      entry.addGroup(members, targets);
    }
  }

  private void readTargets(JsonParser parser, List<Target> targets)
      throws IOException, JsonException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw JsonException.unexpected(parser, "\"targets\" to be an array");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      readEntry(parser, targets, false);
    }
  }

  private static void readLabels(JsonParser parser, JsonEntry entry)
      throws IOException, JsonException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw JsonException.unexpected(parser, "\"labels\" to be an object");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      entry.putLabel(name, JsonTree.read(parser));
    }
  }
}
