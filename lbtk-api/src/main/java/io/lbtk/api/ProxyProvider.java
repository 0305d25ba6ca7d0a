package io.lbtk.api;

/** Creates the {@link Proxy} of the {@code type} that a {@code proxy.NAME} names. */
public interface ProxyProvider extends Provider<Proxy> {

  /**
   * Returns the transport protocol of clients: {@code tcp}, which is the default, or {@code udp}.
   * Proxies of different protocols may listen on the same port number.
   */
  default String protocol() {
    return "tcp";
  }
}
