package io.lbtk.proxy;

import io.lbtk.net.ListenAddress;
import io.lbtk.proxy.limits.OpenFiles;
import io.lbtk.proxy.token.LoopTokens;
import io.lbtk.proxy.udp.UdpEngine;
import io.lbtk.proxy.udp.UdpSettings;
import io.lbtk.proxy.udp.UdpState;
import java.time.Duration;

/**
 * A UDP proxy.
 *
 * <pre>{@code
 * try (UdpProxy proxy = UdpProxy.builder().listen("127.0.0.1:53").tokens(generator).build()) {
 *   proxy.start();
 *   ...
 * }
 * }</pre>
 *
 * <p>All datagrams from one address and port of a client form a session, which has one token: they
 * are sent to one target, and its answers are sent to the client. A session ends after the idle
 * timeout or, if the number of answers to a datagram is known, when all of them have arrived. If
 * the port of the target is closed, which ICMP reports, the token is released as refused, and the
 * next datagram of the client takes another one. The same happens when the target may not be picked
 * any more; answers are relayed until then.
 *
 * <p>If the host of a target is a name, and nobody receives at one of its addresses, the datagrams
 * are sent to the next address again, as long as no answer has arrived.
 *
 * <p>Datagrams are relayed whole, also empty ones. Datagrams that arrive before the session has its
 * token are held, up to 16 for a client and up to 4 MiB for an event loop. As always with UDP, a
 * datagram is lost if the system has no room for it.
 *
 * <p>While the proxy drains, datagrams of new clients are dropped. Sessions go on until they end by
 * themselves or the timeout has passed, and the port stays bound until then.
 */
public final class UdpProxy extends ListeningProxy {

  private final ListenAddress listen;
  private final LoopTokens.Origin tokens;
  private final int loops;
  private final UdpEngine engine;
  private final UdpState state;

  private UdpProxy(Builder builder) {
    super(builder.name());
    this.listen = builder.listen();
    this.tokens = builder.tokens();
    this.loops = builder.loops();
    this.engine = builder.engine;
    this.state = new UdpState(builder.name(), builder.settings(), builder.nameServers());
  }

  /** Returns a builder of a proxy. */
  public static Builder builder() {
    return new Builder(UdpEngine.best());
  }

  /** Returns a builder of a proxy on the given engine. */
  static Builder builder(UdpEngine engine) {
    return new Builder(engine);
  }

  @Override
  Running run() {
    return RunningUdpProxy.start(state, engine, listen, loops, tokens);
  }

  /** Returns the number of sessions, including those that wait for a token. */
  public int sessions() {
    return state.open().count();
  }

  /**
   * Builds a {@link UdpProxy}. Each method returns the builder. Not thread-safe.
   *
   * <p>If the address to listen on is {@code *}, a client that sends to one of several addresses of
   * this machine may be answered from another one.
   */
  public static final class Builder extends ProxyBuilder<Builder> {

    private final UdpEngine engine;
    private Duration idleTimeout = Duration.ofSeconds(30);
    private Duration maxLifetime = Duration.ZERO;
    private int maxSessions = UdpSettings.sessionsFor(OpenFiles.limit());
    private int responses;

    private Builder(UdpEngine engine) {
      this.engine = engine;
    }

    @Override
    Builder self() {
      return this;
    }

    /** Sets the time without a datagram after which a session ends; 30 seconds by default. */
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = positive("idle-timeout", timeout);
      return this;
    }

    /**
     * Sets the time after which a session ends in any case, up to a tenth less at random, so that
     * sessions that began together do not end together. The next datagram of the client begins
     * another session. Zero, the default, for never.
     */
    public Builder maxLifetime(Duration lifetime) {
      this.maxLifetime = lifetime.isZero() ? lifetime : positive("max-lifetime", lifetime);
      return this;
    }

    /**
     * Sets the largest number of sessions; by default 65,536, or less if the limit on open files
     * requires it. Datagrams of further clients are dropped. Each session has a socket, and with it
     * a file descriptor and a local port.
     */
    public Builder maxSessions(int sessions) {
      this.maxSessions = atLeastOne("max-sessions", sessions);
      return this;
    }

    /**
     * Sets the number of answers to each datagram of a client, such as 1 for DNS. A session ends
     * when all have arrived; if none has arrived by the idle timeout, its outcome is a timeout.
     * Unknown by default.
     */
    public Builder responses(int responses) {
      this.responses = atLeastOne("responses", responses);
      return this;
    }

    /**
     * Creates the proxy, which is not started yet.
     *
     * @throws IllegalStateException if there is no address or no token source
     */
    public UdpProxy build() {
      return new UdpProxy(this);
    }

    private UdpSettings settings() {
      return new UdpSettings(
          demand(), key(), idleTimeout.toNanos(), maxLifetime.toNanos(), maxSessions, responses);
    }
  }
}
