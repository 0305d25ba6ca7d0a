package io.lbtk.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The grammar of a target: {@code host:port key=value… # comment}. */
final class TargetParser {

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private static final int MAX_SHOWN = 80;

  private TargetParser() {}

  static Target parse(String text) {
    String[] words = BLANKS.split(text.strip());
    if (words[0].isEmpty() || words[0].startsWith("#")) {
      throw new IllegalArgumentException("nothing here (expected: host:port)");
    }
    int weight = 1;
    int priority = 0;
    Map<String, String> attributes = new LinkedHashMap<>();
    for (int i = 1; i < words.length && !words[i].startsWith("#"); i++) {
      int equals = words[i].indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException(
            "\"%s\" after the address (expected: key=value, such as weight=2)"
                .formatted(printable(words[i])));
      }
      String key = words[i].substring(0, equals);
      String value = words[i].substring(equals + 1);
      switch (key) {
        case "weight" -> weight = number("weight", value, Target.MAX_WEIGHT);
        case "priority" -> priority = number("priority", value, Integer.MAX_VALUE);
        default -> attributes.put(key, value);
      }
    }
    return address(words[0], weight, priority, attributes);
  }

  private static Target address(
      String word, int weight, int priority, Map<String, String> attributes) {
    String host;
    String port;
    if (word.startsWith("[")) {
      int end = word.indexOf("]:");
      if (end < 0) {
        throw malformed(word);
      }
      host = word.substring(1, end);
      port = word.substring(end + 2);
      if (host.indexOf(':') < 0) {
        throw malformed(word);
      }
    } else {
      int colon = word.lastIndexOf(':');
      if (colon <= 0) {
        throw malformed(word);
      }
      host = word.substring(0, colon);
      port = word.substring(colon + 1);
      if (host.indexOf(':') >= 0) {
        throw new IllegalArgumentException(
            "\"%s\" has several colons (expected: host:port, an IPv6 address in brackets)"
                .formatted(printable(word)));
      }
    }
    return new Target(host, number("port", port, 65535), weight, priority, attributes);
  }

  private static IllegalArgumentException malformed(String word) {
    return new IllegalArgumentException(
        "\"%s\" is no address (expected: host:port, or [IPv6]:port)".formatted(printable(word)));
  }

  private static int number(String what, String value, int max) {
    boolean digits = !value.isEmpty() && value.length() <= 10;
    for (int i = 0; digits && i < value.length(); i++) {
      digits = value.charAt(i) >= '0' && value.charAt(i) <= '9';
    }
    long number = digits ? Long.parseLong(value) : -1;
    if (number < 0 || number > max) {
      throw new IllegalArgumentException(
          "%s \"%s\" (expected: a number from %d to %d)"
              .formatted(what, printable(value), what.equals("port") ? 1 : 0, max));
    }
    return (int) number;
  }

  /**
   * Returns the text in a form for one line of a log: control and invisible characters are
   * replaced, and a long text is truncated.
   */
  static String printable(String text) {
    return PrintableText.of(text, MAX_SHOWN);
  }
}
