package io.lbtk.api;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A typed option of a part, which a provider declares. The settings are read by it, and the
 * reference page, {@code lbtk plugins}, the command line and every error are derived from it.
 *
 * <pre>{@code
 * static final Option<Duration> INTERVAL =
 *     Option.duration("interval")
 *         .orElse(Duration.ofSeconds(5))
 *         .check(d -> !d.isZero(), "more than 0")
 *         .doc("Time between two reads of the URL.");
 * }</pre>
 *
 * <p>Immutable: each method that sets something returns a copy. Options are compared by identity:
 * keep them in constants.
 *
 * @param <T> the type of its values
 */
public final class Option<T> {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*([-.][a-z0-9]+)*");

  private final String name;
  private final String type;
  private final BiFunction<String, Path, T> parser;
  private final Function<T, String> printer;
  private final @Nullable T defaultValue;
  private final boolean required;
  private final boolean secret;
  private final boolean map;
  private final int position;
  private final @Nullable String separator;
  private final String doc;

  private Option(
      String name,
      String type,
      BiFunction<String, Path, T> parser,
      Function<T, String> printer,
      @Nullable T defaultValue,
      boolean required,
      boolean secret,
      boolean map,
      int position,
      @Nullable String separator,
      String doc) {
    this.name = name;
    this.type = type;
    this.parser = parser;
    this.printer = printer;
    this.defaultValue = defaultValue;
    this.required = required;
    this.secret = secret;
    this.map = map;
    this.position = position;
    this.separator = separator;
    this.doc = doc;
  }

  /**
   * Returns an option of a custom type.
   *
   * @param name the name in lower case with dashes; with a dot for an option of a group: {@code
   *     tls.key}
   * @param type the type in a word or two, for users: {@code duration}
   * @param parser reads a value; throws an IllegalArgumentException whose message says what was
   *     expected: {@code expected: a duration such as 500ms, 5s, 10m}
   * @param printer writes a value as the parser reads it
   */
  public static <T> Option<T> of(
      String name, String type, Function<String, T> parser, Function<T, String> printer) {
    return ofLocated(name, type, (text, folder) -> parser.apply(text), printer);
  }

  private static <T> Option<T> ofLocated(
      String name, String type, BiFunction<String, Path, T> parser, Function<T, String> printer) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "option name \"%s\" (expected: lower case with dashes and dots)".formatted(name));
    }
    return new Option<>(name, type, parser, printer, null, false, false, false, -1, null, "");
  }

  /** Returns an option whose value is a text, which may be empty. */
  public static Option<String> string(String name) {
    return of(name, "text", Function.identity(), Function.identity());
  }

  /** Returns an option whose value is a whole number within bounds, both included. */
  public static Option<Integer> integer(String name, int min, int max) {
    String expected =
        max == Integer.MAX_VALUE
            ? "a whole number, %d or more".formatted(min)
            : "a whole number from %d to %d".formatted(min, max);
    return of(
        name,
        "number",
        text -> (int) ValueParser.number(text, min, max, expected),
        number -> Integer.toString(number));
  }

  /** Returns an option whose value is {@code true} or {@code false}. */
  public static Option<Boolean> flag(String name) {
    return of(name, "true or false", ValueParser::flag, flag -> Boolean.toString(flag));
  }

  /**
   * Returns an option whose value is a duration: {@code 500ms}, {@code 5s}, {@code 10m}, {@code
   * 1h}.
   */
  public static Option<Duration> duration(String name) {
    return of(name, "duration", ValueParser::duration, ValueParser::print);
  }

  /**
   * Returns an option whose value is a number of bytes: {@code 512}, {@code 64KiB}, {@code 1MiB},
   * {@code 1GiB}.
   */
  public static Option<Long> size(String name) {
    return of(name, "size", ValueParser::size, ValueParser::printSize);
  }

  /** Returns an option whose value is a number of bytes per second: {@code 10MiB/s}. */
  public static Option<Long> rate(String name) {
    return of(name, "rate", ValueParser::rate, rate -> ValueParser.printSize(rate) + "/s");
  }

  /**
   * Returns an option whose value is a path in the file system, which need not exist. A relative
   * path in a settings file is resolved against the directory of that file.
   */
  public static Option<Path> path(String name) {
    return ofLocated(name, "path", ValueParser::path, Path::toString);
  }

  /**
   * Returns an option whose value is a URI with a scheme.
   *
   * @param example an example for the error: {@code http://127.0.0.1:8500}
   */
  public static Option<URI> uri(String name, String example) {
    return of(name, "URI", text -> ValueParser.uri(text, example), URI::toString);
  }

  /** Returns an option whose value is a constant of an enum, written in lower case with dashes. */
  public static <E extends Enum<E>> Option<E> choice(String name, Class<E> type) {
    List<E> constants = List.of(type.getEnumConstants());
    String words = String.join(", ", constants.stream().map(Option::word).toList());
    return of(
        name,
        words.replace(", ", " | "),
        text ->
            constants.stream()
                .filter(constant -> word(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected: one of " + words)),
        Option::word);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns an option whose value is a target, as {@link Target#parse} reads it. */
  public static Option<Target> target(String name) {
    return of(name, "target", ValueParser::target, Target::toString);
  }

  /**
   * Returns a family of options: {@code NAME.key = value}, where the user chooses the keys. It is
   * empty by default.
   */
  public static Option<Map<String, String>> map(String name) {
    Option<Map<String, String>> option =
        of(
            name,
            "text for each " + name + ".*",
            text -> {
              throw new IllegalArgumentException("expected: " + name + ".KEY = value");
            },
            values -> String.join(", ", values.keySet()));
    return option.copy(Map.of(), false, option.secret, true, option.position, option.doc);
  }

  /** Returns an option whose value is a list of values of this option, separated by commas. */
  public Option<List<T>> list() {
    return new Option<>(
        name,
        "list of " + type,
        (text, folder) -> ValueParser.list(text, item -> parser.apply(item, folder)),
        values -> String.join(", ", values.stream().map(printer).toList()),
        null,
        required,
        secret,
        false,
        position,
        ", ",
        doc);
  }

  /** Returns a copy of this option with a default. */
  public Option<T> orElse(T value) {
    return copy(Objects.requireNonNull(value, "value"), false, secret, map, position, doc);
  }

  /** Returns a copy of this option that must be given. */
  public Option<T> required() {
    return copy(null, true, secret, map, position, doc);
  }

  /** Returns a copy of this option whose value is never shown in logs, errors or by commands. */
  public Option<T> secret() {
    return copy(defaultValue, required, true, map, position, doc);
  }

  /**
   * Returns a copy of this option that can be given by its position on the command line. If it is
   * the last one, and a list or a {@link #sentence}, it takes all words that are left.
   *
   * @param position counted from 0
   */
  public Option<T> position(int position) {
    return copy(defaultValue, required, secret, map, position, doc);
  }

  /**
   * Returns a copy of this option whose value may be several words of a command line, joined by
   * spaces.
   */
  public Option<T> sentence() {
    return new Option<>(
        name, type, parser, printer, defaultValue, required, secret, map, position, " ", doc);
  }

  /** Returns a copy of this option with its description: a sentence or two, for users. */
  public Option<T> doc(String doc) {
    return copy(defaultValue, required, secret, map, position, doc);
  }

  /**
   * Returns a copy of this option with a further condition.
   *
   * @param expected the condition in words, for the error: {@code more than 0}
   */
  public Option<T> check(Predicate<T> condition, String expected) {
    BiFunction<String, Path, T> checked =
        (text, folder) -> {
          T value = parser.apply(text, folder);
          if (!condition.test(value)) {
            throw new IllegalArgumentException("expected: " + expected);
          }
          return value;
        };
    return new Option<>(
        name,
        type,
        checked,
        printer,
        defaultValue,
        required,
        secret,
        map,
        position,
        separator,
        doc);
  }

  private Option<T> copy(
      @Nullable T defaultValue,
      boolean required,
      boolean secret,
      boolean map,
      int position,
      String doc) {
    return new Option<>(
        name, type, parser, printer, defaultValue, required, secret, map, position, separator, doc);
  }

  /** Returns the key without the name of the part: {@code interval}. */
  public String name() {
    return name;
  }

  /** Returns the type in a word or two, for users. */
  public String type() {
    return type;
  }

  /** Returns the description; empty if there is none. */
  public String doc() {
    return doc;
  }

  /** Returns the default, if the option has one. */
  public Optional<T> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  /** Returns whether the option must be given. */
  public boolean isRequired() {
    return required;
  }

  /** Returns whether the value is never shown. */
  public boolean isSecret() {
    return secret;
  }

  /** Returns whether this is a family of options: {@link #map}. */
  public boolean isMap() {
    return map;
  }

  /** Returns the position on the command line, counted from 0, if it has one. */
  public OptionalInt position() {
    return position < 0 ? OptionalInt.empty() : OptionalInt.of(position);
  }

  /**
   * Returns the separator by which the words of a command line are joined to one value; empty if
   * the value is a single word.
   */
  public Optional<String> separator() {
    return Optional.ofNullable(separator);
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if the text is no such value; the message says what was
   *     expected, and does not repeat the text
   */
  public T parse(String text) {
    return parse(text, Path.of(""));
  }

  /**
   * Reads a value that is given in a file.
   *
   * @param folder the directory that relative paths are resolved against; the empty path for the
   *     current directory
   * @throws IllegalArgumentException if the text is no such value; the message says what was
   *     expected, and does not repeat the text
   */
  public T parse(String text, Path folder) {
    return parser.apply(text, folder);
  }

  /** Returns the value as {@link #parse} reads it; a secret value is hidden. */
  public String print(T value) {
    return secret ? "[hidden]" : printer.apply(value);
  }

  @Override
  public String toString() {
    return name;
  }
}
