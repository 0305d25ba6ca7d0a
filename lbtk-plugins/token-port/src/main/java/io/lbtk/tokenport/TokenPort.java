package io.lbtk.tokenport;

import io.lbtk.api.StartException;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.tokenport.server.PortOptions;
import io.lbtk.tokenport.server.TokenPortServer;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * Serves the tokens of a token source, such as a generator, to remote peers: to lease peers like
 * {@link TokenClient} and the proxies of lbtk, and to any PULL socket of ZeroMQ.
 *
 * <pre>{@code
 * try (TokenPort port = TokenPort.serve(URI.create("tcp://0.0.0.0:1024"), generator)) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Thread-safe. The token source stays the caller's, and is not closed with the port.
 */
public final class TokenPort implements AutoCloseable {

  private final TokenPortServer server;

  private TokenPort(TokenPortServer server) {
    this.server = server;
  }

  /**
   * Serves tokens with the default settings. Blocks until the address is bound.
   *
   * @param address {@code tcp://host:port}; port 0 for a free port
   * @param source the source of the tokens
   * @throws StartException if the address is not of this form or cannot be bound
   */
  public static TokenPort serve(URI address, TokenSource source) {
    return builder(address, source).build();
  }

  /**
   * Returns a builder of a port.
   *
   * @param address {@code tcp://host:port}; port 0 for a free port
   * @param source the source of the tokens
   */
  public static Builder builder(URI address, TokenSource source) {
    return new Builder(address, source);
  }

  /** Returns the address that peers connect to, with the port that was bound. */
  public URI address() {
    return server.address();
  }

  /**
   * Closes the connections to all peers and releases what they held. Blocks for some seconds at
   * most. A second call does nothing.
   */
  @Override
  public void close() {
    server.close();
  }

  @Override
  public String toString() {
    return "TokenPort[" + address() + "]";
  }

  /** Builds a {@link TokenPort}. Not thread-safe. */
  public static final class Builder {

    private final URI address;
    private final TokenSource source;
    private String name = "token port";
    private Duration leaseGrace = PortOptions.DEFAULT_LEASE_GRACE;
    private Duration handshakeTimeout = PortOptions.DEFAULT_HANDSHAKE_TIMEOUT;

    private Builder(URI address, TokenSource source) {
      this.address = Objects.requireNonNull(address, "address");
      this.source = Objects.requireNonNull(source, "source");
    }

    /** Sets the name of the port in the log. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets the time for which the tokens of a peer whose connection was lost still count, 5 seconds
     * by default.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder leaseGrace(Duration time) {
      if (time.isNegative()) {
        throw new IllegalArgumentException("leaseGrace %s (expected: >= 0)".formatted(time));
      }
      this.leaseGrace = time;
      return this;
    }

    /**
     * Sets the time within which a new connection has to complete its handshake, 5 seconds by
     * default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder handshakeTimeout(Duration timeout) {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException(
            "handshakeTimeout %s (expected: > 0)".formatted(timeout));
      }
      this.handshakeTimeout = timeout;
      return this;
    }

    /**
     * Binds the address and begins to serve. Blocks until the address is bound.
     *
     * @throws StartException if the address is not {@code tcp://host:port} or cannot be bound
     */
    public TokenPort build() {
      if (!"tcp".equals(address.getScheme())) {
        throw new StartException(
            "%s cannot listen on \"%s\" (expected: tcp://host:port)".formatted(name, address));
      }
      return new TokenPort(
          TokenPortServer.open(
              address,
              source,
              new PortOptions(name, leaseGrace, handshakeTimeout),
              Ticker.system()));
    }
  }
}
