package io.lbtk.etcd;

import io.lbtk.api.Option;
import io.lbtk.api.Target;
import io.lbtk.core.net.UriAddress;
import java.net.URI;

/**
 * Address of a server of etcd.
 *
 * @param authority the host and port; an IPv6 address in brackets
 * @param tls whether TLS is used
 */
record EtcdEndpoint(String authority, boolean tls) {

  private static final int CLIENT_PORT = 2379;
  private static final String EXPECTED =
      "expected: http://host:port, https://host:port or host:port, without a path or a user";

  /** Returns an option for an endpoint. */
  static Option<EtcdEndpoint> option(String name) {
    return Option.of(name, "URL or host:port", EtcdEndpoint::parse, EtcdEndpoint::toString);
  }

  /**
   * Parses a URL, or {@code host:port} for http; the default port is 2379.
   *
   * @throws IllegalArgumentException if {@code text} is neither; the message says what was expected
   */
  static EtcdEndpoint parse(String text) {
    URI url = url(text.contains("://") ? text : "http://" + text);
    boolean tls = "https".equalsIgnoreCase(url.getScheme());
    boolean plain = "http".equalsIgnoreCase(url.getScheme());
    UriAddress address = UriAddress.of(url).orElse(null);
    boolean bare = url.getRawPath().isEmpty() || url.getRawPath().equals("/");
    if (!(tls || plain)
        || !bare
        || address == null
        || address.hasUser()
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw new IllegalArgumentException(EXPECTED);
    }
    if (tls && !address.isStandard()) {
      throw new IllegalArgumentException(
          "expected: with https a host without _, since the TLS of Java refuses such a name");
    }
    int port = address.port() < 0 ? CLIENT_PORT : address.port();
    return new EtcdEndpoint(Target.of(address.host(), port).hostPort(), tls);
  }

  private static URI url(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
  }

  /** Returns the address to connect to. */
  UriAddress address() {
    return UriAddress.of(URI.create(toString())).orElseThrow();
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority;
  }
}
