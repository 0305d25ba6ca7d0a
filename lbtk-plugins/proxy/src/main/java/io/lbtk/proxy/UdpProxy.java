package io.lbtk.proxy;

import io.lbtk.net.ListenAddress;
import io.lbtk.proxy.limits.OpenFiles;
import io.lbtk.proxy.token.LoopTokens;
import io.lbtk.proxy.udp.UdpEngine;
import io.lbtk.proxy.udp.UdpSettings;
import io.lbtk.proxy.udp.UdpState;
import java.time.Duration;

/**
 * A proxy for UDP.
 *
 * <pre>{@code
 * try (UdpProxy proxy = UdpProxy.builder().listen("127.0.0.1:53").tokens(generator).build()) {
 *   proxy.start();
 *   …
 * }
 * }</pre>
 *
 * <p>All datagrams from one address and port of a client are one session, which has one token: they
 * go to one target, and what comes from it goes back to the client. A session ends when nothing
 * came or went for the idle timeout or, where it is known how many answers a datagram gets, when
 * all of them have come. If the target has nobody at its port, which the system is told by ICMP,
 * the token is released as refused, and the next datagram of the client takes another. The same
 * happens when the target may not be picked any more; answers are passed on until then.
 *
 * <p>If the host of a target is a name, an address where nobody receives is left for the next one,
 * which gets what the first was sent, as long as no answer has come.
 *
 * <p>Datagrams are passed on whole, the empty ones too. Those that come before the session has its
 * token are held, up to 16 for a client and up to 4 MiB on a loop. As ever with UDP, one that the
 * system has no room for is lost.
 *
 * <p>While it drains, datagrams of new clients are dropped. Sessions go on until they end by
 * themselves or the time is over, and the port stays bound until then.
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

  /** A proxy with the defaults, without an address and a token source. */
  public static Builder builder() {
    return new Builder(UdpEngine.best());
  }

  /** The same, on a certain engine. */
  static Builder builder(UdpEngine engine) {
    return new Builder(engine);
  }

  @Override
  Running run() {
    return RunningUdpProxy.start(state, engine, listen, loops, tokens);
  }

  /** How many sessions there are, those included that wait for a token. */
  public int sessions() {
    return state.open().count();
  }

  /**
   * Makes a proxy. Each method returns the builder; it is not thread-safe.
   *
   * <p>A client that sends to one of several addresses of this machine may be answered from another
   * where the address to listen on is {@code *}.
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

    /** A session without a datagram in either direction for so long ends; 30 seconds by default. */
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = positive("idle-timeout", timeout);
      return this;
    }

    /**
     * Ends each session after this time, whatever moves in it: a tenth less at random, so that
     * those which began together do not end together. The next datagram of the client begins
     * another. Zero, the default, for never.
     */
    public Builder maxLifetime(Duration lifetime) {
      this.maxLifetime = lifetime.isZero() ? lifetime : positive("max-lifetime", lifetime);
      return this;
    }

    /**
     * How many sessions there may be; by default 65,536, or what the limit on open files has room
     * for if that is less. Datagrams of further clients are dropped. Each session has a socket, and
     * with it a file descriptor and a port of this machine.
     */
    public Builder maxSessions(int sessions) {
      this.maxSessions = atLeastOne("max-sessions", sessions);
      return this;
    }

    /**
     * How many answers each datagram of a client gets, such as 1 for DNS. A session ends when all
     * have come; if none came at all until the idle timeout, its outcome is a timeout. By default
     * that is not known.
     */
    public Builder responses(int responses) {
      this.responses = atLeastOne("responses", responses);
      return this;
    }

    /**
     * The proxy, not started.
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
