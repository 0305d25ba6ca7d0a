package io.lbtk.dns;

import io.lbtk.api.Option;
import io.lbtk.api.Target;
import java.net.InetSocketAddress;

/** Where a name server is. */
final class ServerAddress {

  private static final int DNS_PORT = 53;

  private ServerAddress() {}

  /** An option for one: a host, or a host and a port; an IPv6 address in brackets. */
  static Option<InetSocketAddress> option(String name) {
    return Option.of(
        name,
        "address",
        ServerAddress::parse,
        server -> Target.of(server.getHostString(), server.getPort()).hostPort());
  }

  private static InetSocketAddress parse(String text) {
    boolean hasPort = text.lastIndexOf(':') > text.lastIndexOf(']') && text.indexOf(':') >= 0;
    try {
      Target target = Target.parse(hasPort ? text : text + ":" + DNS_PORT);
      return new InetSocketAddress(target.host(), target.port());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expected: the address of a name server, or host:port", e);
    }
  }
}
