package io.lbtk.api;

import java.net.URI;

/** Finds a {@link TokenTransport}: its name is the scheme of the URIs that it serves. */
public interface TokenTransportProvider extends Provider<TokenTransport> {

  /**
   * Finds what is wrong with an address before anything starts. It must not block; whether anybody
   * is there is not its question. Accepts every address by default.
   *
   * @throws IllegalArgumentException if {@link TokenTransport#publish} cannot serve at such an
   *     address; the message says what was expected, and does not repeat the address
   */
  default void checkPublish(URI address) {}

  /**
   * The same for {@link TokenTransport#connect}.
   *
   * @throws IllegalArgumentException if there is no connecting to such an address; the message says
   *     what was expected, and does not repeat the address
   */
  default void checkConnect(URI address) {}
}
