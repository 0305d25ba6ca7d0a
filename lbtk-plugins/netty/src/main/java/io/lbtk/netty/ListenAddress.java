package io.lbtk.netty;

import io.lbtk.api.Option;
import io.lbtk.api.StartException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where something listens: {@code host:port}, with an IPv6 address in brackets. Port 0 leaves the
 * choice to the kernel.
 *
 * @param host a name or an address of this machine, or {@code 0.0.0.0} or {@code ::} for all
 * @param port 0 to 65535
 */
public record ListenAddress(String host, int port) {

  private static final String EXPECTED =
      "expected: host:port to listen on, such as 127.0.0.1:8080 or [::1]:8080";

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if the text is none; the message says what was expected
   */
  public static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException(EXPECTED);
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isBlank() || host.contains(" ") || bracketed != (host.indexOf(':') >= 0)) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return new ListenAddress(host, port(text.substring(colon + 1)));
  }

  private static int port(String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException(EXPECTED);
    }
    int port = Integer.parseInt(text);
    if (port > 65535) {
      throw new IllegalArgumentException("expected: a port from 0 to 65535");
    }
    return port;
  }

  /** An option whose value is a listen address. */
  public static Option<ListenAddress> option(String name) {
    return Option.of(name, "host:port", ListenAddress::parse, ListenAddress::toString);
  }

  /**
   * Binds a server here. Blocks until it is bound: not to be called on an event loop.
   *
   * @throws StartException if it cannot be bound; the message names the address
   */
  public Channel bind(ServerBootstrap bootstrap) {
    InetSocketAddress address = resolve();
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new StartException(
          "cannot listen on %s: %s".formatted(this, reason(bound.cause())), bound.cause());
    }
    return bound.channel();
  }

  private InetSocketAddress resolve() {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new StartException(
          "cannot listen on %s: unknown host (expected: a name or an address of this machine)"
              .formatted(this),
          e);
    }
  }

  private String reason(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (message.contains("Address already in use")) {
      return "the port is in use by another process, or by another listener of this one";
    }
    if (message.contains("Permission denied")) {
      return "not permitted (ports below 1024 need a privilege)";
    }
    if (message.contains("Cannot assign requested address")) {
      return "no such address on this machine";
    }
    return message;
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
