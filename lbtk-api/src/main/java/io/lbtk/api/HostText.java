package io.lbtk.api;

import java.net.IDN;
import java.util.Locale;

/**
 * The rule for the host of a target: a name (RFC 1123, with underscores and in any language), an
 * IPv4 address of four decimal numbers, or an IPv6 address, none of which may be an address that no
 * connection can be made to.
 */
final class HostText {

  private static final int MAX_NAME = 253;
  private static final int MAX_LABEL = 63;
  private static final int OCTETS = 4;
  private static final int MAX_OCTET = 255;

  private static final String EXPECTED = "expected: a name or an address";

  private HostText() {}

  /**
   * Returns the canonical form of a host: names in lower case and ASCII, IPv6 addresses as in RFC
   * 5952.
   *
   * @throws IllegalArgumentException if it can be none; the message says what was expected
   */
  static String canonical(String host) {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("no host (expected: host:port)");
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c == 0x7f || "[]#,/=\"'".indexOf(c) >= 0) {
        throw new IllegalArgumentException(
            "host \"%s\" has a character that no host has, at position %d (%s)"
                .formatted(TargetParser.printable(host), i + 1, EXPECTED));
      }
    }
    if (host.indexOf(':') >= 0) {
      return Ipv6Text.canonical(host);
    }
    String name = ascii(host);
    checkLabels(host, name);
    return name;
  }

  /** Checks a name or an IPv4 address. Every token of a proxy is checked here, so no regex. */
  private static void checkLabels(String host, String name) {
    int end = name.endsWith(".") ? name.length() - 1 : name.length();
    if (end > MAX_NAME) {
      throw wrong(host, "a name of at most %d characters".formatted(MAX_NAME));
    }
    int begin = 0;
    while (true) {
      int dot = name.indexOf('.', begin);
      int labelEnd = dot < 0 ? end : dot;
      checkLabel(host, name, begin, labelEnd);
      if (labelEnd == end) {
        break;
      }
      begin = labelEnd + 1;
    }
    if (isNumber(name, begin, end)) {
      requireIpv4(host, name);
    }
  }

  private static void checkLabel(String host, String name, int begin, int end) {
    boolean valid = end > begin && end - begin <= MAX_LABEL;
    for (int i = begin; valid && i < end; i++) {
      char c = name.charAt(i);
      boolean isInner = i > begin && i < end - 1;
      valid = isLetterOrDigit(c) || c == '_' || (c == '-' && isInner);
    }
    if (!valid) {
      throw wrong(
          host,
          "a name whose labels have 1 to 63 letters, digits, - and _, and no - at either end");
    }
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || isDigit(c);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Returns whether resolvers take a last label for a part of an IPv4 address. */
  private static boolean isNumber(String name, int begin, int end) {
    boolean isHex = name.startsWith("0x", begin);
    for (int i = isHex ? begin + 2 : begin; i < end; i++) {
      char c = name.charAt(i);
      if (!isDigit(c) && !(isHex && c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  private static String ascii(String host) {
    for (int i = 0; i < host.length(); i++) {
      if (host.charAt(i) >= 0x80) {
        return fromUnicode(host);
      }
    }
    return host.toLowerCase(Locale.ROOT);
  }

  private static String fromUnicode(String host) {
    try {
      return IDN.toASCII(host).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      throw wrong(host, "a name that can be written in ASCII");
    }
  }

  private static void requireIpv4(String host, String name) {
    int octets = 1;
    int value = 0;
    int digits = 0;
    int first = -1;
    boolean valid = true;
    for (int i = 0; i < name.length() && valid; i++) {
      char c = name.charAt(i);
      if (c == '.') {
        first = first < 0 ? value : first;
        octets++;
        valid = digits > 0;
        value = 0;
        digits = 0;
      } else {
        // A leading zero means octal to some and nothing to others.
        valid = isDigit(c) && !(digits > 0 && value == 0);
        value = value * 10 + (c - '0');
        digits++;
        valid = valid && value <= MAX_OCTET;
      }
    }
    if (!valid || octets != OCTETS || digits == 0) {
      throw wrong(host, "an IPv4 address of four numbers from 0 to 255");
    }
    requireDestination(host, first, name);
  }

  /**
   * Refuses addresses that say "this host" or "all hosts" (RFC 1122, section 3.2.1.3).
   *
   * @param first octet of the IPv4 address
   */
  private static void requireDestination(String host, int first, String address) {
    if (first == 0 || address.equals("255.255.255.255")) {
      throw wrong(host, "the address of one host that can be connected to");
    }
  }

  /** Refuses an IPv4 address inside an IPv6 address, as above. */
  static void requireDestination(String host, byte[] ipv4) {
    requireDestination(
        host,
        ipv4[0] & 0xff,
        "%d.%d.%d.%d".formatted(ipv4[0] & 0xff, ipv4[1] & 0xff, ipv4[2] & 0xff, ipv4[3] & 0xff));
  }

  static IllegalArgumentException wrong(String host, String expected) {
    return new IllegalArgumentException(
        "host \"%s\" (expected: %s)".formatted(TargetParser.printable(host), expected));
  }
}
