package io.lbtk.net;

import io.lbtk.api.Option;
import io.lbtk.api.StartException;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * A listen address, written {@code host:port}. IPv6 addresses are written in brackets, the host
 * {@code *} stands for all addresses of the machine, and port 0 for a free port that the system
 * chooses.
 *
 * @param host the name or address, without brackets, or {@code *}
 * @param port the port, 0 to 65535
 */
public record ListenAddress(String host, int port) {

  private static final String EXPECTED = "expected: host:port, such as 127.0.0.1:8080 or *:8080";

  /**
   * Parses an address.
   *
   * @throws IllegalArgumentException if the text is malformed; the message says what was expected
   */
  public static ListenAddress parse(String text) {
    String word = text.strip();
    int colon = word.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return new ListenAddress(host(word.substring(0, colon)), port(word.substring(colon + 1)));
  }

  /**
   * Parses the address of a component.
   *
   * @param who the component for the error, such as {@code proxy.front}
   * @throws StartException if the text is malformed; the message names the component and the text
   */
  public static ListenAddress parse(String who, String text) {
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "%s cannot listen on \"%s\": %s".formatted(who, text, e.getMessage()), e);
    }
  }

  private static String host(String word) {
    if (word.startsWith("[") && word.endsWith("]")) {
      String address = word.substring(1, word.length() - 1);
      if (!NetUtil.isValidIpV6Address(address)) {
        throw new IllegalArgumentException("expected: an IPv6 address between the brackets");
      }
      return address;
    }
    if (word.indexOf(':') >= 0) {
      throw new IllegalArgumentException("expected: an IPv6 address in brackets, [::1]:8080");
    }
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c <= ' ' || c == 0x7f || "[]/#,=\"'".indexOf(c) >= 0) {
        throw new IllegalArgumentException(EXPECTED);
      }
    }
    return word;
  }

  private static int port(String digits) {
    int port = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9 || port > 65535) {
        port = 65536;
        break;
      }
      port = port * 10 + digit;
    }
    if (digits.isEmpty() || port > 65535) {
      throw new IllegalArgumentException("expected: a port from 0 to 65535 after the colon");
    }
    return port;
  }

  /** Returns an option of this type. */
  public static Option<ListenAddress> option(String name) {
    return Option.of(name, "host:port", ListenAddress::parse, ListenAddress::toString);
  }

  /** Returns whether the host is an IPv4 address; {@code *} and names are not. */
  public boolean isIpV4() {
    return NetUtil.isValidIpV4Address(host);
  }

  /**
   * Returns the address to bind. May block, since a name is looked up.
   *
   * @param who the component for the error, such as {@code proxy.front}
   * @throws StartException if the name is unknown
   */
  public InetSocketAddress resolve(String who) {
    if (host.equals("*")) {
      return new InetSocketAddress(port);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new StartException(
          "%s cannot listen on %s: unknown host %s (expected: an address of this machine)"
              .formatted(who, this, host),
          e);
    }
  }

  /** Returns the exception for an address that could not be bound. */
  public StartException cannotListen(String who, Throwable cause) {
    return new StartException("%s cannot listen on %s: %s".formatted(who, this, why(cause)), cause);
  }

  private String why(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    String words = message.toLowerCase(Locale.ROOT);
    if (words.contains("permission denied")) {
      return "permission denied (expected: a port that this user may bind, such as 1024 or more)";
    }
    if (words.contains("address already in use")) {
      return "the port is in use (expected: a free port; see who has it with: ss -ltnp sport = :%d)"
          .formatted(port);
    }
    if (words.contains("cannot assign")) {
      return "the address is not one of this machine (expected: one of its own, or *)";
    }
    return message;
  }

  /** Returns the address in the form that {@link #parse(String)} accepts. */
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
