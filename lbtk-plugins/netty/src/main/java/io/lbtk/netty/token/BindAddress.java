package io.lbtk.netty.token;

import io.lbtk.api.StartException;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.URI;

/** Reads the address of a token port, as it stands in a URI. */
final class BindAddress {

  private static final int MAX_PORT = 65535;

  private BindAddress() {}

  /**
   * The address to bind to.
   *
   * @throws StartException if the URI is none, or the host is a name that is not known
   */
  static InetSocketAddress of(URI uri) {
    String authority = uri.getRawAuthority();
    int colon = authority == null ? -1 : authority.lastIndexOf(':');
    if (authority == null
        || colon <= 0
        || !uri.getRawSchemeSpecificPart().equals("//" + authority)) {
      throw malformed(uri);
    }
    String host = authority.substring(0, colon);
    int port = port(authority.substring(colon + 1));
    if (port < 0) {
      throw malformed(uri);
    }
    if (host.equals("*")) {
      return new InetSocketAddress(port);
    }
    InetSocketAddress address = new InetSocketAddress(host.replaceAll("^\\[(.*)]$", "$1"), port);
    if (address.isUnresolved()) {
      throw new StartException(
          "%s: the host \"%s\" is not known (expected: a name or an address of this machine)"
              .formatted(uri, host));
    }
    return address;
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      return port <= MAX_PORT ? port : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static StartException malformed(URI uri) {
    return new StartException(
        "%s is no address to listen on (expected: %s://host:port, port 0 for any)"
            .formatted(uri, uri.getScheme()));
  }

  /** The URI of what was bound. */
  static URI uri(String scheme, InetSocketAddress bound) {
    return URI.create(scheme + "://" + NetUtil.toSocketAddressString(bound));
  }
}
