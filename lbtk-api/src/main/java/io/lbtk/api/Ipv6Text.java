package io.lbtk.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** The canonical form of IPv6 addresses: RFC 5952, section 4. */
final class Ipv6Text {

  private static final int GROUPS = 8;

  /** The prefix of an IPv4 address that is written as an IPv6 address. */
  private static final String MAPPED = "::ffff:";

  private static final Pattern ZONE = Pattern.compile("%[A-Za-z0-9._~-]+");

  private Ipv6Text() {}

  /**
   * Returns the canonical form of the address; a zone stays as it is.
   *
   * @param host with a colon in it
   * @throws IllegalArgumentException if it is no IPv6 address, or the unspecified one
   */
  static String canonical(String host) {
    int percent = host.indexOf('%');
    String zone = percent < 0 ? "" : host.substring(percent);
    if (!zone.isEmpty() && !ZONE.matcher(zone).matches()) {
      throw HostText.wrong(host, "an IPv6 address, with a zone such as %eth0 at most");
    }
    InetAddress address = parse(host, percent < 0 ? host : host.substring(0, percent));
    if (address.isAnyLocalAddress()) {
      throw HostText.wrong(host, "the address of one host that can be connected to");
    }
    if (address instanceof Inet6Address) {
      return text(address.getAddress()) + zone;
    }
    HostText.requireDestination(host, address.getAddress());
    return MAPPED + address.getHostAddress() + zone;
  }

  private static InetAddress parse(String host, String address) {
    try {
      // With a colon in it, it is never looked up.
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw HostText.wrong(host, "an IPv6 address");
    }
  }

  private static String text(byte[] address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
    }
    int begin = 0;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int zeros = zeros(groups, i);
      if (zeros > length) {
        begin = i;
        length = zeros;
      }
    }
    return length == 1
        ? join(groups, 0, GROUPS)
        : join(groups, 0, begin) + "::" + join(groups, begin + length, GROUPS);
  }

  private static int zeros(int[] groups, int from) {
    int end = from;
    while (end < GROUPS && groups[end] == 0) {
      end++;
    }
    return end - from;
  }

  private static String join(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
