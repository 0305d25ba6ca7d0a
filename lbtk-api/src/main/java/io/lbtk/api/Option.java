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
 * A typed option of a part: what a provider declares, and what its settings are read by. The
 * reference page, {@code lbtk plugins}, the command line and every error come from it.
 *
 * <pre>{@code
 * static final Option<Duration> INTERVAL =
 *     Option.duration("interval")
 *         .orElse(Duration.ofSeconds(5))
 *         .check(d -> !d.isZero(), "more than 0")
 *         .doc("How often the URL is read.");
 * }</pre>
 *
 * <p>Immutable: each method that sets a thing returns another option. Two options are the same if
 * they are the same object: keep them in constants.
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
   * An option of a type of one's own.
   *
   * @param name in lower case with dashes; a dot for one of a group: {@code tls.key}
   * @param type the type in a word or two, for people: {@code duration}
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

  /** A text; it may be empty. */
  public static Option<String> string(String name) {
    return of(name, "text", Function.identity(), Function.identity());
  }

  /** A whole number within bounds, both included. */
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

  /** {@code true} or {@code false}. */
  public static Option<Boolean> flag(String name) {
    return of(name, "true or false", ValueParser::flag, flag -> Boolean.toString(flag));
  }

  /** A length of time: {@code 500ms}, {@code 5s}, {@code 10m}, {@code 1h}. */
  public static Option<Duration> duration(String name) {
    return of(name, "duration", ValueParser::duration, ValueParser::print);
  }

  /** A number of bytes: {@code 512}, {@code 64KiB}, {@code 1MiB}, {@code 1GiB}. */
  public static Option<Long> size(String name) {
    return of(name, "size", ValueParser::size, ValueParser::printSize);
  }

  /** Bytes a second: {@code 10MiB/s}. */
  public static Option<Long> rate(String name) {
    return of(name, "rate", ValueParser::rate, rate -> ValueParser.printSize(rate) + "/s");
  }

  /**
   * A path in the file system; it need not exist. A relative one in a settings file counts from the
   * directory of that file.
   */
  public static Option<Path> path(String name) {
    return ofLocated(name, "path", ValueParser::path, Path::toString);
  }

  /**
   * A URI with a scheme.
   *
   * @param example one of the kind that is expected, for the error: {@code http://127.0.0.1:8500}
   */
  public static Option<URI> uri(String name, String example) {
    return of(name, "URI", text -> ValueParser.uri(text, example), URI::toString);
  }

  /** One of the constants of an enum, written in lower case with dashes. */
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

  /** A target, as {@link Target#parse} reads it. */
  public static Option<Target> target(String name) {
    return of(name, "target", ValueParser::target, Target::toString);
  }

  /**
   * A family of options: {@code NAME.key = value}, where the keys are the user's to choose. It is
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

  /** A list of values of this option, apart from each other by commas; no empty ones. */
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

  /** This option with a default. */
  public Option<T> orElse(T value) {
    return copy(Objects.requireNonNull(value, "value"), false, secret, map, position, doc);
  }

  /** This option, which must be given. */
  public Option<T> required() {
    return copy(null, true, secret, map, position, doc);
  }

  /** This option, whose value is never shown: not in logs, not in errors, not by a command. */
  public Option<T> secret() {
    return copy(defaultValue, required, true, map, position, doc);
  }

  /**
   * This option, which can be given by its place on the command line. If it is the last one, and a
   * list or a {@link #sentence}, it takes all words that are left.
   *
   * @param position counted from 0
   */
  public Option<T> position(int position) {
    return copy(defaultValue, required, secret, map, position, doc);
  }

  /** This option, whose value may be several words of a command line, with a space between them. */
  public Option<T> sentence() {
    return new Option<>(
        name, type, parser, printer, defaultValue, required, secret, map, position, " ", doc);
  }

  /** This option with its description: a sentence or two, for people. */
  public Option<T> doc(String doc) {
    return copy(defaultValue, required, secret, map, position, doc);
  }

  /**
   * This option with a further condition.
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

  /** The key, without that of the part: {@code interval}. */
  public String name() {
    return name;
  }

  /** The type in a word or two, for people. */
  public String type() {
    return type;
  }

  /** The description; empty if there is none. */
  public String doc() {
    return doc;
  }

  /** The value that counts if none is given. */
  public Optional<T> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  /** Whether it must be given. */
  public boolean isRequired() {
    return required;
  }

  /** Whether its value is never shown. */
  public boolean isSecret() {
    return secret;
  }

  /** Whether it is a family of keys: {@link #map}. */
  public boolean isMap() {
    return map;
  }

  /** Its place on the command line, counted from 0, if it has one. */
  public OptionalInt position() {
    return position < 0 ? OptionalInt.empty() : OptionalInt.of(position);
  }

  /**
   * What stands between the words of a command line when they are joined to one value; empty if its
   * value is always a single one.
   */
  public Optional<String> separator() {
    return Optional.ofNullable(separator);
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if the text is none; the message says what was expected, and
   *     does not repeat the text
   */
  public T parse(String text) {
    return parse(text, Path.of(""));
  }

  /**
   * Reads a value that stands in a file.
   *
   * @param folder the directory that relative paths count from; the empty path for the current
   *     directory
   * @throws IllegalArgumentException if the text is none; the message says what was expected, and
   *     does not repeat the text
   */
  public T parse(String text, Path folder) {
    return parser.apply(text, folder);
  }

  /** Writes a value as {@link #parse} reads it; a secret one is hidden. */
  public String print(T value) {
    return secret ? "[hidden]" : printer.apply(value);
  }

  @Override
  public String toString() {
    return name;
  }
}
