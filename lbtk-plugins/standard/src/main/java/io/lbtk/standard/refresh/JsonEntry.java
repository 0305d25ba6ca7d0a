package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonParser;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.Printable;
import io.lbtk.discovery.json.JsonException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One object of a JSON list while it is read: a target, or a group of targets with labels. */
final class JsonEntry {

  private final JsonParser parser;
  private final BadEntries bad;
  private final String place;
  private final Map<String, String> members = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();

  /** The entry that begins where the parser is. */
  JsonEntry(JsonParser parser, BadEntries bad) {
    this.parser = parser;
    this.bad = bad;
    this.place = "line " + parser.currentTokenLocation().getLineNr();
  }

  void put(String name, String value) {
    members.put(name, value);
  }

  void putLabel(String name, String value) {
    labels.put(name.equals("__weight__") ? "weight" : name, value);
  }

  /** It is a target as a text. */
  void addText(String text, List<Target> targets) {
    try {
      targets.add(Target.parse(text));
    } catch (IllegalArgumentException e) {
      bad.add(place, text, String.valueOf(e.getMessage()));
    }
  }

  /** It is a target as an object. */
  void addTarget(List<Target> targets) throws JsonException {
    String host = members.remove("host");
    String port = members.remove("port");
    if (host == null || port == null || !labels.isEmpty()) {
      throw JsonException.unexpected(
          parser, "a group with \"targets\", or a target with \"host\" and \"port\"");
    }
    String shown = host + ":" + port;
    try {
      Target plain = Target.of(host, number("port", port, 65535));
      targets.add(described(plain, members));
    } catch (IllegalArgumentException e) {
      bad.add(place, shown, String.valueOf(e.getMessage()));
    }
  }

  /** It is a group: its labels hold for each target in it. */
  void addGroup(List<Target> group, List<Target> targets) throws JsonException {
    if (!members.isEmpty()) {
      throw JsonException.unexpected(
          parser,
          "only \"targets\" and \"labels\" in a group, and not \"%s\""
              .formatted(Printable.line(members.keySet().iterator().next(), 40)));
    }
    if (labels.isEmpty()) {
      targets.addAll(group);
      return;
    }
    try {
      for (Target target : group) {
        targets.add(described(target, labels));
      }
    } catch (IllegalArgumentException e) {
      bad.add(place, "group with labels " + labels, String.valueOf(e.getMessage()));
    }
  }

  private static Target described(Target target, Map<String, String> values) {
    Map<String, String> attributes = new LinkedHashMap<>(target.attributes());
    attributes.putAll(values);
    String weight = attributes.remove("weight");
    String priority = attributes.remove("priority");
    return new Target(
        target.host(),
        target.port(),
        weight == null ? target.weight() : number("weight", weight, Target.MAX_WEIGHT),
        priority == null ? target.priority() : number("priority", priority, Integer.MAX_VALUE),
        attributes);
  }

  private static int number(String what, @Nullable String value, int max) {
    try {
      long number = Long.parseLong(String.valueOf(value));
      if (number >= 0 && number <= max) {
        return (int) number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for one that is out of range.
    }
    throw new IllegalArgumentException(
        "%s \"%s\" (expected: a whole number, at most %d)"
            .formatted(what, Printable.line(String.valueOf(value), 40), max));
  }
}
