package io.lbtk.tokenport.client;

import io.lbtk.core.net.UriAddress;
import io.lbtk.net.HostResolver;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The address of a token port, from a URI.
 *
 * @param host the name or address; IPv6 addresses without brackets
 * @param port the port, 1 to 65535
 */
public record PortAddress(String host, int port) {

  /**
   * Returns the address of a URI.
   *
   * @throws IllegalArgumentException if the URI has no host or no port, or further components
   */
  public static PortAddress of(URI uri) {
    return read(uri)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\"%s\" is not an address to connect to (%s)".formatted(uri, expected(uri))));
  }

  /**
   * Checks the address of a URI.
   *
   * @throws IllegalArgumentException as {@link #of} does; the message does not repeat the URI
   */
  public static void check(URI uri) {
    if (read(uri).isEmpty()) {
      throw new IllegalArgumentException(expected(uri));
    }
  }

  private static String expected(URI uri) {
    return "expected: %s://host:port, port 1 to 65535".formatted(uri.getScheme());
  }

  private static Optional<PortAddress> read(URI uri) {
    boolean bare =
        uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && (uri.getRawPath() == null || uri.getRawPath().isEmpty());
    return UriAddress.of(uri)
        .filter(address -> bare && !address.hasUser())
        .filter(address -> address.port() >= 1 && address.port() <= 65535)
        .map(address -> new PortAddress(address.host(), address.port()));
  }

  /** Returns the socket address if the host is an address literal; empty if it is a name. */
  Optional<List<InetSocketAddress>> literal() {
    return Optional.ofNullable(HostResolver.literal(host, port)).map(List::of);
  }
}
