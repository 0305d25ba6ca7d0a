package io.lbtk.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes the values of settings. Every error says what was expected. */
final class ValueParser {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

  /** 100 years. A longer time cannot be expressed in nanoseconds. */
  private static final long LONGEST_MILLIS = Duration.ofDays(36_500).toMillis();

  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(|B|KiB|MiB|GiB)");

  private ValueParser() {}

  static long number(String text, long min, long max, String expected) {
    long value;
    try {
      value = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected: " + expected, e);
    }
    if (value < min || value > max) {
      throw new IllegalArgumentException("expected: " + expected);
    }
    return value;
  }

  static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("expected: true or false");
    };
  }

  static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected: a duration such as 500ms, 5s, 10m, 1h");
    }
    long number = Long.parseLong(matcher.group(1));
    long unit = millis(matcher.group(2));
    if (number > LONGEST_MILLIS / unit) {
      throw new IllegalArgumentException("expected: a duration of at most 36500d");
    }
    return Duration.ofMillis(number * unit);
  }

  static String print(Duration duration) {
    long millis = duration.toMillis();
    for (String unit : List.of("d", "h", "m", "s")) {
      if (millis != 0 && millis % millis(unit) == 0) {
        return millis / millis(unit) + unit;
      }
    }
    return millis + "ms";
  }

  private static long millis(String unit) {
    return switch (unit) {
      case "d" -> 86_400_000;
      case "h" -> 3_600_000;
      case "m" -> 60_000;
      case "s" -> 1000;
      default -> 1;
    };
  }

  static long size(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (matcher.matches()) {
      int shift = shift(matcher.group(2));
      long value = Long.parseLong(matcher.group(1));
      if (value <= Long.MAX_VALUE >> shift) {
        return value << shift;
      }
    }
    throw new IllegalArgumentException("expected: a size such as 512, 64KiB, 1MiB");
  }

  static long rate(String text) {
    if (text.endsWith("/s")) {
      try {
        return size(text.substring(0, text.length() - 2));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("expected: a rate such as 64KiB/s, 10MiB/s", e);
      }
    }
    throw new IllegalArgumentException("expected: a rate such as 64KiB/s, 10MiB/s");
  }

  static String printSize(long size) {
    for (String unit : List.of("GiB", "MiB", "KiB")) {
      int shift = shift(unit);
      if (size != 0 && size % (1L << shift) == 0) {
        return (size >> shift) + unit;
      }
    }
    return Long.toString(size);
  }

  private static int shift(String unit) {
    return switch (unit) {
      case "GiB" -> 30;
      case "MiB" -> 20;
      case "KiB" -> 10;
      default -> 0;
    };
  }

  static Path path(String text, Path folder) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("expected: a path of the file system");
    }
    try {
      return folder.resolve(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("expected: a path of the file system", e);
    }
  }

  static URI uri(String text, String example) {
    try {
      URI uri = new URI(text);
      if (uri.getScheme() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("expected: a URI such as " + example, e);
    }
    throw new IllegalArgumentException("expected: a URI such as " + example);
  }

  static Target target(String text) {
    try {
      return Target.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "expected: host:port, then key=value; " + e.getMessage(), e);
    }
  }

  static <T> List<T> list(String text, Function<String, T> parser) {
    List<T> values = new ArrayList<>();
    if (text.isBlank()) {
      return values;
    }
    String[] items = text.split(",", -1);
    for (String item : items) {
      int number = values.size() + 1;
      if (item.isBlank()) {
        throw new IllegalArgumentException(
            "expected: values with one comma between two; item %d is empty".formatted(number));
      }
      try {
        values.add(parser.apply(item.strip()));
      } catch (IllegalArgumentException e) {
        throw items.length == 1
            ? e
            : new IllegalArgumentException(
                "%s; item %d is none".formatted(e.getMessage(), number), e);
      }
    }
    return List.copyOf(values);
  }
}
