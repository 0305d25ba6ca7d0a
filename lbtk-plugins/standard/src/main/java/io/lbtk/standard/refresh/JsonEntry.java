package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import io.lbtk.api.PrintableText;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.json.EntryValue;
import io.lbtk.discovery.json.JsonException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One entry of a JSON list while it is read: a target, or a group of targets with labels. */
final class JsonEntry {

  private final JsonParser parser;
  private final BadEntries bad;
  private final String place;
  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();
  private final Map<String, @Nullable Object> labels = new LinkedHashMap<>();

  /** Creates the entry that begins at the parser's position. */
  JsonEntry(JsonParser parser, BadEntries bad) {
    this.parser = parser;
    this.bad = bad;
    this.place =
        "line %d, %s"
            .formatted(parser.currentTokenLocation().getLineNr(), path(parser.getParsingContext()));
  }

  /** Returns the JSON pointer of the value that the parser is at, {@code /} for the whole. */
  private static String path(JsonStreamContext context) {
    // At the start of an object the context is that of its members, whose parent has its place.
    JsonStreamContext place =
        context.inObject() && !context.hasCurrentName() && context.getParent() != null
            ? context.getParent()
            : context;
    String pointer = place.pathAsPointer().toString();
    return pointer.isEmpty() ? "/" : PrintableText.of(pointer, 80);
  }

  void put(String name, @Nullable Object value) {
    members.put(name, value);
  }

  void putLabel(String name, @Nullable Object value) {
    labels.put(name.equals("__weight__") ? "weight" : name, value);
  }

  /** Adds the target of an entry that is a string. */
  void addText(String text, List<Target> targets) {
    try {
      targets.add(Target.parse(text));
    } catch (IllegalArgumentException e) {
      bad.add(place, text, String.valueOf(e.getMessage()));
    }
  }

  /** Records an entry that is neither a string nor an object. */
  void addOther(@Nullable Object value, boolean outside) {
    bad.add(
        place,
        String.valueOf(value),
        outside
            ? "a value of another type (expected: a group of targets, or a target)"
            : "a value of another type (expected: a target, \"host:port\" or an object)");
  }

  /** Adds the target of an entry that is an object. */
  void addTarget(List<Target> targets) throws JsonException {
    if (!members.containsKey("host") || !members.containsKey("port") || !labels.isEmpty()) {
      throw JsonException.unexpected(
          parser, "a group with \"targets\", or a target with \"host\" and \"port\"");
    }
    Object host = members.remove("host");
    Object port = members.remove("port");
    try {
      Target plain = Target.of(EntryValue.text("host", host), EntryValue.port("port", port));
      targets.add(described(plain, members));
    } catch (IllegalArgumentException e) {
      bad.add(place, host + ":" + port, String.valueOf(e.getMessage()));
    }
  }

  /** Adds the targets of a group, with its labels. */
  void addGroup(List<Target> group, List<Target> targets) throws JsonException {
    if (!members.isEmpty()) {
      throw JsonException.unexpected(
          parser,
          "only \"targets\" and \"labels\" in a group, and not \"%s\""
              .formatted(PrintableText.of(members.keySet().iterator().next(), 40)));
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

  private static Target described(Target target, Map<String, @Nullable Object> values) {
    Map<String, String> attributes = new LinkedHashMap<>(target.attributes());
    int weight = target.weight();
    int priority = target.priority();
    for (Map.Entry<String, @Nullable Object> entry : values.entrySet()) {
      Object value = entry.getValue();
      switch (entry.getKey()) {
        case "weight" -> weight = EntryValue.weight("weight", value);
        case "priority" -> priority = EntryValue.priority("priority", value);
        default -> attributes.put(entry.getKey(), attribute(entry.getKey(), value));
      }
    }
    return new Target(target.host(), target.port(), weight, priority, attributes);
  }

  private static String attribute(String name, @Nullable Object value) {
    if (value == null || value instanceof Map<?, ?> || value instanceof List<?>) {
      throw EntryValue.wrong(PrintableText.of(name, 40), value, "a text, a number, true or false");
    }
    return value.toString();
  }
}
