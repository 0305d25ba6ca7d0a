package io.lbtk.core.net;

import io.lbtk.api.Target;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host and the port of a URI. {@link URI#getHost()} rejects hosts with an underscore, which are
 * common on container platforms, and hosts in other scripts; here any host of a {@link Target} is
 * valid.
 *
 * @param host a name or an address, an IPv6 address without its brackets
 * @param port -1 if the URI has none
 * @param hasUser whether the URI names a user
 * @param isStandard whether {@link URI#getHost()} accepts the host too; others cannot be used with
 *     {@code java.net.http}, nor with the TLS of the JDK, which refuses names with underscores even
 *     where the certificate has them
 */
public record UriAddress(String host, int port, boolean hasUser, boolean isStandard) {

  private static final int MAX_PORT = 65535;

  /** The authority of RFC 3986, section 3.2, without addresses in brackets. */
  private static final Pattern AUTHORITY =
      Pattern.compile("(?<user>[^@]*@)?(?<host>[^@:\\[\\]]+)(:(?<port>\\d{0,5}))?");

  /** Returns the address in a URI; empty if the URI has none. */
  public static Optional<UriAddress> of(URI uri) {
    String host = uri.getHost();
    if (host != null) {
      String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      return Optional.of(new UriAddress(bare, uri.getPort(), uri.getRawUserInfo() != null, true));
    }
    return uri.getRawAuthority() == null ? Optional.empty() : parse(uri.getRawAuthority());
  }

  private static Optional<UriAddress> parse(String authority) {
    Matcher matcher = AUTHORITY.matcher(authority);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String digits = matcher.group("port");
    int port = digits == null || digits.isEmpty() ? -1 : Integer.parseInt(digits);
    if (port > MAX_PORT) {
      return Optional.empty();
    }
    try {
      String host = Target.of(matcher.group("host"), 1).host();
      return Optional.of(new UriAddress(host, port, matcher.group("user") != null, false));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns host and port as they stand in a URI; the host alone if there is no port. */
  public String authority() {
    return authority(host);
  }

  /**
   * Returns {@link #authority()} with the host's first address in the place of the host. May block
   * until the name is looked up.
   *
   * @throws UnknownHostException if the host has no address
   */
  public String resolvedAuthority() throws UnknownHostException {
    return authority(InetAddress.getByName(host).getHostAddress());
  }

  private String authority(String name) {
    String written = name.indexOf(':') >= 0 ? "[" + name + "]" : name;
    return port < 0 ? written : written + ":" + port;
  }
}
