package io.lbtk.core.settings;

import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one part: every key that begins with {@code kind.name}. The allowed keys are
 * declared by {@link #bind}, in one or more calls; a key that matches no option is reported at the
 * end. Not thread-safe.
 */
public final class Section {

  private final String part;
  private final String name;
  private final Problems problems;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private final Map<String, Option<?>> declared = new LinkedHashMap<>();
  private boolean restUnknown;
  private boolean faulty;

  Section(String kind, String name, Problems problems) {
    this.part = name.isEmpty() ? kind : kind + "." + name;
    this.name = name;
    this.problems = problems;
  }

  void add(String option, Value value) {
    values.put(option, value);
  }

  /** Returns the whole name, for logs and errors: {@code refresher.backends}. */
  public String part() {
    return part;
  }

  /** Returns the name that the user gave: {@code backends}; empty if the kind has only one part. */
  public String name() {
    return name;
  }

  /**
   * Reads the values of options. An invalid or missing value is a problem; the settings then lack
   * it, or have the default, until the problems are reported.
   */
  public Settings bind(List<Option<?>> options) {
    IdentityHashMap<Option<?>, Object> given = new IdentityHashMap<>();
    IdentityHashMap<Option<?>, CurrentValue> current = new IdentityHashMap<>();
    for (Option<?> option : options) {
      declared.putIfAbsent(option.name(), option);
      Object value = option.isMap() ? readMap(option) : read(option);
      if (value != null) {
        given.put(option, value);
        if (isFromFile(option)) {
          String key = "%s.%s".formatted(part, option);
          current.put(option, new CurrentValue(key, value, () -> readAgain(option)));
        }
      } else if (option.isRequired()) {
        faulty = true;
      }
    }
    return new BoundSettings(part, options, given, current);
  }

  private @Nullable Object read(Option<?> option) {
    Value value = values.get(option.name());
    if (value == null) {
      if (option.isRequired()) {
        problems.add(
            firstLine(), "%s: %s is missing%s".formatted(start(), option, expected(option)));
      }
      return null;
    }
    if (value.text() == null) {
      return null;
    }
    try {
      return option.parse(value.text(), value.entry().folder());
    } catch (IllegalArgumentException e) {
      problem(option, wrong(option, value, e));
      return null;
    }
  }

  private boolean isFromFile(Option<?> option) {
    if (option.isMap()) {
      return family(option).values().stream().anyMatch(Value::isFromFile);
    }
    Value value = values.get(option.name());
    return value != null && value.isFromFile();
  }

  /** Binds as {@link #bind}, with the current contents of the files. */
  private Object readAgain(Option<?> option) {
    if (option.isMap()) {
      Map<String, String> family = new LinkedHashMap<>();
      family(option).forEach((key, value) -> family.put(key, value.readAgain()));
      return family;
    }
    Value value = Objects.requireNonNull(values.get(option.name()));
    String text = value.readAgain();
    try {
      return Objects.requireNonNull(option.parse(text, value.entry().folder()));
    } catch (IllegalArgumentException e) {
      // The parser's message may repeat a part of the value.
      throw new IllegalArgumentException(
          "the file holds no such value%s".formatted(expected(option)), e);
    }
  }

  private static String wrong(Option<?> option, Value value, IllegalArgumentException e) {
    String message = String.valueOf(e.getMessage());
    if (value.isHidden(option)) {
      // The parser's message may repeat a part of the value.
      return expected(option);
    }
    return message.startsWith("expected:") ? " (" + message + ")" : ": " + message;
  }

  private static String expected(Option<?> option) {
    String doc = option.doc().isEmpty() ? "" : ": " + option.doc();
    return " (expected: %s%s)".formatted(option.type(), doc);
  }

  private @Nullable Object readMap(Option<?> option) {
    Map<String, String> texts = new LinkedHashMap<>();
    family(option).forEach((key, value) -> texts.put(key, Objects.requireNonNull(value.text())));
    return texts.isEmpty() ? null : texts;
  }

  /** Returns the valid values of a map, by their keys. */
  private Map<String, Value> family(Option<?> option) {
    Map<String, Value> family = new LinkedHashMap<>();
    String prefix = option.name() + ".";
    values.forEach(
        (key, value) -> {
          if (key.startsWith(prefix) && key.length() > prefix.length() && value.text() != null) {
            family.put(key.substring(prefix.length()), value);
          }
        });
    return family;
  }

  /**
   * Reports a problem with the value of an option that the option itself cannot detect. The value
   * is shown before the text, unless it is hidden.
   *
   * @param text begins with a blank or a mark: {@code ": no generator of this name"}
   */
  public void problem(Option<?> option, String text) {
    faulty = true;
    Value value = values.get(option.name());
    if (value == null) {
      problems.add(firstLine(), "%s: %s%s".formatted(start(), option, text));
    } else {
      problems.add(value.entry(), " = " + Problems.printable(value.shown(option)) + text);
    }
  }

  /** Returns whether a value is invalid or missing, so that the part cannot be created. */
  public boolean isFaulty() {
    return faulty;
  }

  /**
   * Reports an unknown word in the value of an option, with a suggestion.
   *
   * @param what what the word should name: {@code refresher}
   */
  public void unknown(Option<?> option, String what, String word, Collection<String> known) {
    problem(
        option,
        ": no %s \"%s\"%s"
            .formatted(what, shown(option, word), Suggestion.forUnknown(word, known)));
  }

  /**
   * Returns the value of an option as messages may show it: secret and resolved values are hidden.
   *
   * @param word the value, or one of its list
   */
  public String shown(Option<?> option, String word) {
    Value value = values.get(option.name());
    return value != null && value.isHidden(option) ? "[hidden]" : Problems.printable(word);
  }

  /** Ignores the other options of this part, which are unknown because its type is. */
  public void ignoreRest() {
    restUnknown = true;
  }

  void finish() {
    if (restUnknown) {
      return;
    }
    values.forEach(
        (key, value) -> {
          Option<?> option = optionOf(key);
          if (option == null) {
            // The value is not shown: it may be a secret under a mistyped key.
            problems.add(
                value.entry(),
                ": unknown option \"%s\"%s"
                    .formatted(
                        Problems.printable(key), Suggestion.forUnknown(key, declared.keySet())));
          }
        });
  }

  private @Nullable Option<?> optionOf(String key) {
    Option<?> option = declared.get(key);
    if (option != null) {
      return option.isMap() ? null : option;
    }
    int dot = key.indexOf('.');
    Option<?> family = dot < 0 ? null : declared.get(key.substring(0, dot));
    return family != null && family.isMap() && dot + 1 < key.length() ? family : null;
  }

  /** Adds the effective settings: given values as resolved, defaults as comments. */
  void print(List<String> lines) {
    for (Option<?> option : declared.values()) {
      if (option.isMap()) {
        values.forEach(
            (key, value) -> {
              if (key.startsWith(option.name() + ".")) {
                lines.add(SettingsFile.line("%s.%s".formatted(part, key), value.shown(option)));
              }
            });
        continue;
      }
      Value value = values.get(option.name());
      if (value != null) {
        lines.add(SettingsFile.line("%s.%s".formatted(part, option), value.shown(option)));
      } else {
        defaultText(option)
            .forEach(
                text ->
                    lines.add(
                        "#default: " + SettingsFile.line("%s.%s".formatted(part, option), text)));
      }
    }
  }

  private static <T> List<String> defaultText(Option<T> option) {
    List<String> text = new ArrayList<>();
    option.defaultValue().ifPresent(value -> text.add(option.print(value)));
    return text;
  }

  /** Returns whether a message is about this part: it begins with the part's whole name. */
  boolean isSubjectOf(String text) {
    return text.startsWith(part)
        && text.length() > part.length()
        && (text.charAt(part.length()) == ':' || text.charAt(part.length()) == ' ');
  }

  /** Returns a message about this part, prefixed with the location of the part. */
  String located(String text) {
    return start() + text.substring(part.length());
  }

  void addLocated(String text) {
    problems.add(firstLine(), located(text));
  }

  private int firstLine() {
    return values.values().stream().mapToInt(value -> value.entry().line()).findFirst().orElse(0);
  }

  /** Returns the prefix of a problem of the whole part. */
  private String start() {
    return values.values().stream()
        .map(Value::entry)
        .filter(entry -> entry.line() > 0)
        .findFirst()
        .map(entry -> "%s:%d: %s".formatted(entry.source(), entry.line(), part))
        .orElse(part);
  }

  /** The values of one part. Options are the same only if they are the same object. */
  private static final class BoundSettings implements Settings {

    private final String part;
    private final IdentityHashMap<Option<?>, Optional<Object>> values = new IdentityHashMap<>();

    private final IdentityHashMap<Option<?>, CurrentValue> current;

    /**
     * Creates the values of a part.
     *
     * @param given the values that the settings have
     * @param current the values that may change
     */
    BoundSettings(
        String part,
        List<Option<?>> options,
        IdentityHashMap<Option<?>, Object> given,
        IdentityHashMap<Option<?>, CurrentValue> current) {
      this.part = part;
      this.current = current;
      for (Option<?> option : options) {
        values.put(option, Optional.ofNullable(given.get(option)));
      }
    }

    @Override
    public <T> T get(Option<T> option) {
      return find(option)
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "%s: option %s has no value".formatted(part, option.name())));
    }

    @Override
    @SuppressWarnings("unchecked") // each option maps to a value that it parsed
    public <T> Optional<T> find(Option<T> option) {
      return ((Optional<T>) given(option)).or(option::defaultValue);
    }

    @Override
    @SuppressWarnings("unchecked") // each option maps to a value that it parsed
    public <T> Supplier<Optional<T>> current(Option<T> option) {
      Optional<T> first = find(option);
      CurrentValue value = current.get(option);
      return value == null ? () -> first : () -> Optional.of((T) value.get());
    }

    @Override
    public boolean isSet(Option<?> option) {
      return given(option).isPresent();
    }

    private Optional<Object> given(Option<?> option) {
      Optional<Object> value = values.get(option);
      if (value == null) {
        throw new IllegalArgumentException(
            "%s: option %s is not declared by the provider".formatted(part, option.name()));
      }
      return value;
    }
  }
}
