package io.lbtk.proxy.header;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lbtk.net.IpBits;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Codec for version 1 of the PROXY protocol: one line of text. See HAProxy's
 * doc/proxy-protocol.txt, 2.1.
 *
 * <pre>{@code PROXY TCP4 192.168.0.1 192.168.0.11 56324 443 }</pre>
 */
final class HeaderLine {

  /** Longest line, including CR and LF. */
  static final int MAX_LENGTH = 107;

  private static final byte[] SIGNATURE = "PROXY ".getBytes(US_ASCII);
  private static final String EXPECTED = "PROXY TCP4|TCP6 source destination port port";

  private HeaderLine() {}

  /** Returns the first bytes of every line. */
  static byte[] signature() {
    return SIGNATURE;
  }

  /**
   * Reads a line.
   *
   * @param bytes the line, which ends with the first LF
   */
  static ProxyHeader read(byte[] bytes, int length) throws ProxyHeaderException {
    if (bytes[length - 2] != '\r') {
      throw new ProxyHeaderException("line ends with LF only (expected: CR LF)");
    }
    String line = new String(bytes, 0, length - 2, US_ASCII);
    String[] words = line.split(" ", -1);
    if (words[1].equals("UNKNOWN")) {
      return ProxyHeader.UNKNOWN;
    }
    boolean ipV4 = words[1].equals("TCP4");
    if (words.length != 6 || !(ipV4 || words[1].equals("TCP6"))) {
      throw new ProxyHeaderException("invalid line (expected: " + EXPECTED + ")");
    }
    InetAddress source = address(words[2], ipV4);
    InetAddress destination = address(words[3], ipV4);
    return new ProxyHeader(
        new InetSocketAddress(source, port(words[4])),
        new InetSocketAddress(destination, port(words[5])));
  }

  private static InetAddress address(String text, boolean ipV4) throws ProxyHeaderException {
    InetAddress address = IpBits.parse(text);
    if (address == null || ipV4 == text.contains(":")) {
      throw new ProxyHeaderException(
          "invalid address in the line (expected: one of " + (ipV4 ? "IPv4)" : "IPv6)"));
    }
    return address;
  }

  private static int port(String digits) throws ProxyHeaderException {
    int port = digits.isEmpty() || digits.length() > 5 ? -1 : 0;
    for (int i = 0; i < digits.length() && port >= 0; i++) {
      char c = digits.charAt(i);
      boolean zeroFirst = i == 1 && port == 0;
      port = c < '0' || c > '9' || zeroFirst ? -1 : port * 10 + (c - '0');
    }
    if (port < 0 || port > 65535) {
      throw new ProxyHeaderException("invalid port in the line (expected: 0 to 65535)");
    }
    return port;
  }

  /** Returns the line for a header, with CR and LF. */
  static byte[] write(ProxyHeader header) {
    InetSocketAddress source = header.source();
    InetSocketAddress destination = header.destination();
    if (source == null || destination == null) {
      return "PROXY UNKNOWN\r\n".getBytes(US_ASCII);
    }
    boolean ipV4 =
        source.getAddress() instanceof Inet4Address
            && destination.getAddress() instanceof Inet4Address;
    String line =
        (ipV4 ? "PROXY TCP4 " : "PROXY TCP6 ")
            + text(source, ipV4)
            + ' '
            + text(destination, ipV4)
            + ' '
            + source.getPort()
            + ' '
            + destination.getPort()
            + "\r\n";
    return line.getBytes(US_ASCII);
  }

  private static String text(InetSocketAddress address, boolean ipV4) {
    InetAddress ip = address.getAddress();
    String text = NetUtil.toAddressString(ip);
    return !ipV4 && ip instanceof Inet4Address ? "::ffff:" + text : text;
  }
}
