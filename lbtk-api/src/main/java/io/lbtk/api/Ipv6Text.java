package io.lbtk.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The one way to write an IPv6 address: RFC 5952, section 4. */
final class Ipv6Text {

  private static final int GROUPS = 8;

  private Ipv6Text() {}

  /** The host as it is to be written, if it is an IPv6 address without a zone; else as it is. */
  static String canonical(String host) {
    if (host.indexOf(':') < 0 || host.indexOf('%') >= 0) {
      return host;
    }
    try {
      // With a colon in it, it is never looked up.
      return InetAddress.getByName(host) instanceof Inet6Address address
          ? text(address.getAddress())
          : host;
    } catch (UnknownHostException e) {
      return host;
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
