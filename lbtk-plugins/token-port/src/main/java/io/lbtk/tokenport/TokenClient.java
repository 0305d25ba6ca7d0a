package io.lbtk.tokenport;

import io.lbtk.api.ForwardingTokenSource;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.core.part.SerialExecutors;
import io.lbtk.core.source.FailoverTokenSource;
import io.lbtk.core.source.SurvivalTokenSource;
import io.lbtk.core.source.WindowTokenSource;
import io.lbtk.tokenport.client.LeaseConnections;
import io.lbtk.tokenport.client.PortAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Takes tokens from the token ports of other processes.
 *
 * <pre>{@code
 * try (TokenClient tokens =
 *     TokenClient.builder("tcp://10.0.0.5:1024", "tcp://10.0.0.6:1024").build()) {
 *   Token token = tokens.take(Demand.any()).get();
 *   ...
 *   token.release(Outcome.closed());
 * }
 * }</pre>
 *
 * <p>Tokens come from the first port that is connected and not a standby. It connects in the
 * background, and again whenever a connection was lost; demands wait meanwhile. If no port can be
 * reached, tokens name targets that were seen in the last ten minutes, at random and without
 * limits.
 *
 * <p>Thread-safe.
 */
public final class TokenClient extends ForwardingTokenSource {

  private final LeaseConnections connections;
  private final ScheduledExecutorService executor;
  private final RemoteTokenSource ports;
  private final TokenSource source;

  private TokenClient(Builder builder) {
    this.connections = new LeaseConnections();
    this.executor = SerialExecutors.named(builder.name);
    List<RemoteTokenSource> remotes = new ArrayList<>();
    for (URI address : builder.addresses) {
      remotes.add(connections.connect(address, executor));
    }
    this.ports =
        remotes.size() == 1
            ? remotes.get(0)
            : new FailoverTokenSource(remotes, executor, Ticker.system());
    TokenSource surviving = new SurvivalTokenSource(ports, Ticker.system());
    this.source =
        builder.window == 0
            ? surviving
            : new WindowTokenSource(
                surviving,
                builder.window,
                WindowTokenSource.DEFAULT_MAX_AGE,
                executor,
                Ticker.system());
  }

  /**
   * Returns a builder of a client.
   *
   * @param addresses the token ports in the order of preference, each {@code tcp://host:port}
   * @throws IllegalArgumentException if there is none, or one is not of this form
   */
  public static Builder builder(String... addresses) {
    return new Builder(List.of(addresses));
  }

  /** Returns whether a port is connected that gives tokens. */
  public boolean connected() {
    return ports.connected();
  }

  @Override
  protected TokenSource delegate() {
    return source;
  }

  /**
   * Closes the connections. Demands that wait fail with {@link io.lbtk.api.Shortage#CLOSED}; the
   * generator counts tokens that were not released for its lease grace. A second call does nothing.
   */
  @Override
  public void close() {
    source.close();
    connections.close();
    executor.shutdown();
  }

  @Override
  public String toString() {
    return "TokenClient[" + ports + "]";
  }

  /** Builds a {@link TokenClient}. Not thread-safe. */
  public static final class Builder {

    private final List<URI> addresses = new ArrayList<>();
    private String name = "token-client";
    private int window;

    private Builder(List<String> addresses) {
      if (addresses.isEmpty()) {
        throw new IllegalArgumentException("no token port (expected: tcp://host:port)");
      }
      for (String address : addresses) {
        this.addresses.add(parse(address));
      }
    }

    private static URI parse(String address) {
      try {
        URI uri = URI.create(address);
        if ("tcp".equals(uri.getScheme())) {
          PortAddress.check(uri);
          return uri;
        }
      } catch (IllegalArgumentException e) {
        throw wrong(address, e);
      }
      throw wrong(address, null);
    }

    private static IllegalArgumentException wrong(String address, @Nullable Exception cause) {
      return new IllegalArgumentException(
          "\"%s\" is no token port (expected: tcp://host:port)".formatted(address), cause);
    }

    /** Sets the name of the client's thread, {@code token-client} by default. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets the number of tokens that are fetched ahead, so that a taker need not wait for a round
     * trip; 0, the default, for none. Tokens that are fetched ahead count as live connections of
     * their targets.
     *
     * @param tokens 0 to {@link WindowTokenSource#MAX_WINDOW}
     * @throws IllegalArgumentException if it is out of this range
     */
    public Builder window(int tokens) {
      if (tokens < 0 || tokens > WindowTokenSource.MAX_WINDOW) {
        throw new IllegalArgumentException(
            "window %d (expected: 0 to %d)".formatted(tokens, WindowTokenSource.MAX_WINDOW));
      }
      this.window = tokens;
      return this;
    }

    /** Creates the client, which begins to connect in the background. */
    public TokenClient build() {
      return new TokenClient(this);
    }
  }
}
