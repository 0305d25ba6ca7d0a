package io.lbtk.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The address of a server that connections may go to, with its share of them.
 *
 * <p>Two targets are the same target if their {@link #hostPort() host:port} is the same: {@code
 * LOCALHOST:80} and {@code localhost:80} are one target, {@code localhost:80} and {@code
 * 127.0.0.1:80} are two. {@link #equals} compares everything, weight and attributes too, which is
 * what tells a changed target from an unchanged one.
 *
 * @param host a name or an address that a connection can be made to, in one form: a name in lower
 *     case (and in ASCII, by IDNA), an IPv4 address as four decimal numbers, an IPv6 address
 *     without its brackets as RFC 5952 has it ({@code 0:0:0:0:0:0:0:1} becomes {@code ::1}). No
 *     wildcard: neither {@code *} nor {@code 0.0.0.0} nor {@code ::}
 * @param port 1 to 65535
 * @param weight the share of this target beside the others, 0 to 65535; 0 keeps the target and its
 *     connections, and gives it no new one
 * @param priority the tier, 0 or more; targets of the lowest number that can be had come first
 * @param attributes what else is known of the target, such as {@code max-connections}; kept in the
 *     order given
 */
public record Target(
    String host, int port, int weight, int priority, Map<String, String> attributes) {

  /** The largest weight that a target can have. */
  public static final int MAX_WEIGHT = 65535;

  /**
   * Creates a target.
   *
   * @throws IllegalArgumentException if a value is out of its range; the message says which
   */
  public Target {
    host = HostText.canonical(host);
    requireRange("port", port, 1, 65535);
    requireRange("weight", weight, 0, MAX_WEIGHT);
    requireRange("priority", priority, 0, Integer.MAX_VALUE);
    attributes =
        attributes.isEmpty()
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  private static void requireRange(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          max == Integer.MAX_VALUE
              ? "%s %d (expected: %d or more)".formatted(what, value, min)
              : "%s %d (expected: %d to %d)".formatted(what, value, min, max));
    }
  }

  /**
   * Returns a target of weight 1 and priority 0, without attributes.
   *
   * @throws IllegalArgumentException if host or port is out of its range
   */
  public static Target of(String host, int port) {
    return new Target(host, port, 1, 0, Map.of());
  }

  /**
   * Parses the text form of a target, which is the same everywhere in lbtk: {@code host:port},
   * followed by {@code key=value} pairs separated by blanks. An IPv6 address is written in
   * brackets. The keys {@code weight} and {@code priority} are known, any other key is an
   * attribute. A {@code #} at the start of a word begins a comment.
   *
   * @throws IllegalArgumentException if the text is no target; the message says what was expected
   */
  public static Target parse(String text) {
    return TargetParser.parse(text);
  }

  /** Returns the identity of the target: {@code host:port}, with an IPv6 address in brackets. */
  public String hostPort() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  /** Returns a copy of this target with another weight. */
  public Target withWeight(int weight) {
    return new Target(host, port, weight, priority, attributes);
  }

  /** Returns a copy of this target with another priority. */
  public Target withPriority(int priority) {
    return new Target(host, port, weight, priority, attributes);
  }

  /** Returns a copy of this target with other attributes in place of its own. */
  public Target withAttributes(Map<String, String> attributes) {
    return new Target(host, port, weight, priority, attributes);
  }

  /**
   * Returns the text that {@link #parse} reads: {@code host:port}, then all values that are not the
   * default. The attributes are in the order of their names.
   */
  @Override
  public String toString() {
    StringJoiner words = new StringJoiner(" ");
    words.add(hostPort());
    if (weight != 1) {
      words.add("weight=" + weight);
    }
    if (priority != 0) {
      words.add("priority=" + priority);
    }
    List<String> names = attributes.keySet().stream().sorted().toList();
    for (String name : names) {
      words.add(name + "=" + attributes.get(name));
    }
    return words.toString();
  }
}
