package io.lbtk.api;

import java.net.URI;

/** Creates a {@link TokenTransport}. Its name is the scheme of the URIs that it serves. */
public interface TokenTransportProvider extends Provider<TokenTransport> {

  /**
   * Checks the form of an address before anything starts. Does not block, and does not try to reach
   * the address. Accepts every address by default.
   *
   * @throws IllegalArgumentException if {@link TokenTransport#publish} cannot serve at such an
   *     address; the message says what was expected, and does not repeat the address
   */
  default void checkPublish(URI address) {}

  /**
   * Checks the form of an address for {@link TokenTransport#connect}, as {@link #checkPublish}
   * does.
   *
   * @throws IllegalArgumentException if the transport cannot connect to such an address; the
   *     message says what was expected, and does not repeat the address
   */
  default void checkConnect(URI address) {}
}
