package io.lbtk.api;

/** Finds a {@link Proxy} by the {@code type} of a {@code proxy.NAME}. */
public interface ProxyProvider extends Provider<Proxy> {

  /**
   * By what clients reach it: {@code tcp}, which is the default, or {@code udp}. The ports of one
   * are not those of the other.
   */
  default String protocol() {
    return "tcp";
  }
}
