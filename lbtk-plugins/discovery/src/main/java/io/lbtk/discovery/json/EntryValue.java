package io.lbtk.discovery.json;

import io.lbtk.api.PrintableText;
import io.lbtk.api.Target;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts the values of a directory entry, by the same rules for all formats.
 *
 * <p>A value is a string or a value of {@link JsonTree}. A number may also be written as a string,
 * as labels and attributes are; nothing else is converted: {@code true} is not a host, {@code
 * "false"} is not a flag, and null is not a value where one is required.
 *
 * <p>Every method throws an IllegalArgumentException if the value is of another type or out of
 * range; the message names the value and says what was expected.
 */
public final class EntryValue {

  /** An exponent has at most 3 digits: larger numbers are out of every range. */
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9]{1,64}(\\.[0-9]{1,64})?([eE][+-]?[0-9]{1,3})?");

  private static final int MAX_SHOWN = 40;

  private EntryValue() {}

  /** Returns a string that is not empty. */
  public static String text(String what, @Nullable Object value) {
    if (value instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw wrong(what, value, "a text");
  }

  /** Returns the flag, or the default if there is no value. */
  public static boolean flag(String what, @Nullable Object value, boolean defaultValue) {
    if (value == null) {
      return defaultValue;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(what, value, "true or false");
  }

  /** Returns a port, 1 to 65535. */
  public static int port(String what, @Nullable Object value) {
    return whole(what, value, 1, 65535);
  }

  /** Returns a priority, 0 or more. */
  public static int priority(String what, @Nullable Object value) {
    return whole(what, value, 0, Integer.MAX_VALUE);
  }

  /** Returns a whole number within a range, both ends included. */
  public static int whole(String what, @Nullable Object value, int min, int max) {
    BigDecimal number = number(value);
    if (number == null
        || number.compareTo(BigDecimal.valueOf(min)) < 0
        || number.compareTo(BigDecimal.valueOf(max)) > 0
        || number.stripTrailingZeros().scale() > 0) {
      throw wrong(what, value, "a whole number from %d to %d".formatted(min, max));
    }
    return number.intValueExact();
  }

  /** Returns a weight, 0 to 65535: rounded, but at least 1 if the number is positive. */
  public static int weight(String what, @Nullable Object value) {
    BigDecimal number = number(value);
    if (number == null
        || number.signum() < 0
        || number.compareTo(BigDecimal.valueOf(Target.MAX_WEIGHT)) > 0) {
      throw wrong(what, value, "a number from 0 to " + Target.MAX_WEIGHT);
    }
    int weight = number.setScale(0, RoundingMode.HALF_UP).intValueExact();
    return number.signum() > 0 ? Math.max(1, weight) : 0;
  }

  /** Returns true if a value is a number, or a string that is one. */
  public static boolean isNumber(@Nullable Object value) {
    return number(value) != null;
  }

  private static @Nullable BigDecimal number(@Nullable Object value) {
    String text =
        value instanceof JsonNumber number ? number.text() : value instanceof String s ? s : "";
    return NUMBER.matcher(text).matches() ? new BigDecimal(text) : null;
  }

  /** Returns the members of an object; an empty map if there is no value. */
  public static Map<?, ?> object(String what, @Nullable Object value) {
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map<?, ?> object) {
      return object;
    }
    throw wrong(what, value, "an object");
  }

  /** Returns the elements of an array; none if there is no value. */
  public static List<?> array(String what, @Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> array) {
      return array;
    }
    throw wrong(what, value, "an array");
  }

  /** Returns an exception about a value. */
  public static IllegalArgumentException wrong(
      String what, @Nullable Object value, String expected) {
    String shown =
        value == null
            ? "no " + what
            : value instanceof String || value instanceof JsonNumber
                ? "%s \"%s\"".formatted(what, shown(value))
                : "%s %s".formatted(what, shown(value));
    return new IllegalArgumentException("%s (expected: %s)".formatted(shown, expected));
  }

  private static String shown(Object value) {
    return PrintableText.of(String.valueOf(value), MAX_SHOWN);
  }
}
