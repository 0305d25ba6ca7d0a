package io.lbtk.proxy;

import io.lbtk.api.Demand;
import io.lbtk.api.Proxy;
import io.lbtk.api.SettingsException;
import io.lbtk.api.StartException;
import io.lbtk.net.tls.Tls;
import io.lbtk.net.tls.TlsSettings;
import io.lbtk.proxy.header.HeaderSettings;
import io.lbtk.proxy.header.ProxyProtocol;
import io.lbtk.proxy.limits.AcceptLimits;
import io.lbtk.proxy.limits.Admission;
import io.lbtk.proxy.limits.BandwidthLimits;
import io.lbtk.proxy.limits.CidrBlock;
import io.lbtk.proxy.limits.CidrList;
import io.lbtk.proxy.limits.OpenFiles;
import io.lbtk.proxy.limits.RetryRate;
import io.lbtk.proxy.nio.NioEngine;
import io.lbtk.proxy.splice.SpliceEngine;
import io.lbtk.proxy.tcp.Listening;
import io.lbtk.proxy.tcp.ProxyState;
import io.lbtk.proxy.tcp.TunnelEngine;
import io.lbtk.proxy.tcp.TunnelSettings;
import io.lbtk.proxy.token.LoopTokens;
import io.netty.channel.epoll.Epoll;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A proxy for TCP.
 *
 * <pre>{@code
 * try (TcpProxy proxy = TcpProxy.builder().listen("127.0.0.1:8080").tokens(generator).build()) {
 *   proxy.start();
 *   …
 * }
 * }</pre>
 *
 * <p>Each connection lives on one loop, with its token and with both of its sockets. A FIN is
 * passed on after every byte before it, and ends its direction alone; a reset is passed on as a
 * reset. A client that ends before it has sent a byte and before its tunnel stands has given up:
 * its demand is cancelled, its token goes back unused.
 */
public final class TcpProxy extends ListeningProxy {

  private final Listening listening;
  private final LoopTokens.Origin tokens;
  private final int loops;
  private final TunnelEngine engine;
  private final ProxyState state;

  private TcpProxy(Builder builder) {
    super(builder.name());
    this.listening =
        new Listening(
            builder.listen(), builder.reusePort, builder.handOver, builder.handOverTimeout);
    this.tokens = builder.tokens();
    this.loops = builder.loops();
    this.engine = builder.engine();
    this.state =
        new ProxyState(
            builder.name(),
            builder.settings(),
            new AcceptLimits(builder.maxConnections, builder.maxConnectionRate),
            new Admission(
                new CidrList(builder.allow),
                new CidrList(builder.deny),
                builder.maxConnectionsPerClient),
            builder.retries,
            builder.nameServers());
  }

  /**
   * A proxy by the best way that works here: {@link #splice}, or else {@link #nio}, which is also
   * what speaks TLS; with the defaults, without an address and a token source.
   */
  public static Builder builder() {
    return Epoll.isAvailable() ? new Builder(SpliceEngine.create(), new NioEngine()) : nio();
  }

  /**
   * A proxy that runs wherever Java does, with the defaults, without an address and a token source.
   */
  public static Builder nio() {
    NioEngine engine = new NioEngine();
    return new Builder(engine, engine);
  }

  /**
   * A proxy for Linux, which lets the kernel move what is much and copies what is little, with the
   * defaults, without an address and a token source.
   *
   * @throws StartException if it cannot run here; the message says why
   */
  public static Builder splice() {
    SpliceEngine engine = SpliceEngine.create();
    return new Builder(engine, engine);
  }

  @Override
  Running run() {
    return RunningProxy.start(state, engine, listening, loops, tokens);
  }

  /** How many connections of clients are open, those included that wait for a token. */
  public int connections() {
    return state.open().count();
  }

  /** Makes a proxy. Each method returns the builder; it is not thread-safe. */
  public static final class Builder extends ProxyBuilder<Builder> {

    static final Duration LONGEST_USER_TIMEOUT = Duration.ofDays(1);

    /** Long enough for the start of a JVM on a busy machine. */
    static final Duration HAND_OVER_TIMEOUT = Duration.ofSeconds(10);

    private final TunnelEngine plain;
    private final TunnelEngine underTls;
    private @Nullable TlsSettings tls;
    private int attempts = 3;
    private Duration attemptsTimeout = Duration.ofSeconds(10);
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration idleTimeout = Duration.ofMinutes(10);
    private Duration finTimeout = Duration.ofSeconds(30);
    private RetryRate retries = RetryRate.DEFAULT;
    private Duration maxLifetime = Duration.ZERO;
    private Duration userTimeout = Duration.ZERO;
    private boolean reusePort;
    private @Nullable Path handOver;
    private Duration handOverTimeout = HAND_OVER_TIMEOUT;
    private long bandwidthUp;
    private long bandwidthDown;
    private long totalBandwidthUp;
    private long totalBandwidthDown;
    private int maxConnections = AcceptLimits.connectionsFor(OpenFiles.limit());
    private int maxConnectionRate;
    private int maxConnectionsPerClient;
    private List<CidrBlock> allow = List.of();
    private List<CidrBlock> deny = List.of();
    private ProxyProtocol proxyProtocol = ProxyProtocol.OFF;
    private List<CidrBlock> acceptProxyFrom = List.of();
    private Duration headerTimeout = Duration.ofSeconds(5);

    private Builder(TunnelEngine plain, TunnelEngine underTls) {
      this.plain = plain;
      this.underTls = underTls;
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * How many targets one connection may try; 3 by default, {@value
     * io.lbtk.api.Demand#MAX_EXCLUDED} at most.
     */
    public Builder attempts(int attempts) {
      if (attempts > Demand.MAX_EXCLUDED) {
        throw new IllegalArgumentException(
            "attempts %d (expected: 1 to %d)".formatted(attempts, Demand.MAX_EXCLUDED));
      }
      this.attempts = atLeastOne("attempts", attempts);
      return this;
    }

    /** The time for all attempts of one connection; 10 seconds by default. */
    public Builder attemptsTimeout(Duration timeout) {
      this.attemptsTimeout = positive("attempts-timeout", timeout);
      return this;
    }

    /** The time for one attempt, all addresses of its target; 5 seconds by default. */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive("connect-timeout", timeout);
      return this;
    }

    /**
     * A tunnel without a byte in either direction for so long is closed; 10 minutes by default.
     * Zero for never: then connections whose other end vanished are found by TCP keepalive alone.
     */
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = timeout.isZero() ? timeout : positive("idle-timeout", timeout);
      return this;
    }

    /**
     * The same, once one side has ended and all that it had sent has gone on; 30 seconds by
     * default.
     */
    public Builder finTimeout(Duration timeout) {
      this.finTimeout = positive("fin-timeout", timeout);
      return this;
    }

    /**
     * A tunnel is closed after so long, whatever moves in it: a tenth less at random, so that those
     * which began together do not end together. Zero, the default, for never.
     */
    public Builder maxLifetime(Duration lifetime) {
      this.maxLifetime = lifetime.isZero() ? lifetime : positive("max-lifetime", lifetime);
      return this;
    }

    /**
     * TCP_USER_TIMEOUT of RFC 5482: a connection is broken whose other end has taken nothing for so
     * long of what is there for it, as when its machine is gone, or if it does not read. Rounded to
     * milliseconds. Zero, the default, for the time of the system, a quarter of an hour or so. Only
     * {@link #splice} can do it.
     */
    public Builder userTimeout(Duration timeout) {
      if (timeout.isNegative() || timeout.compareTo(LONGEST_USER_TIMEOUT) > 0) {
        throw new IllegalArgumentException(
            "user-timeout %s (expected: 0 to %s)".formatted(timeout, LONGEST_USER_TIMEOUT));
      }
      this.userTimeout = timeout;
      return this;
    }

    /**
     * Lets other processes of the same user listen on the same address at the same time
     * (SO_REUSEPORT). Not by default. Only {@link #splice} can do it.
     *
     * <p>The system deals connections to one or the other at once. When this one stops it accepts
     * what it was dealt, but one that arrives in that very moment is refused: {@link #handOver}
     * loses none.
     */
    public Builder reusePort(boolean reuse) {
      this.reusePort = reuse;
      return this;
    }

    /**
     * Where the processes meet that serve this address one after the other. If there is one, this
     * proxy accepts from its sockets as soon as it is started, and lets it stop by {@link
     * Proxy#takeOver}; it lets the next one do the same, see {@link Proxy#takenOver}. No connection
     * is refused or reset by that. Nowhere by default. Only {@link #splice} can do it.
     *
     * @param path of a file that is made here, in a directory where only this user may write
     */
    public Builder handOver(Path path) {
      this.handOver = Objects.requireNonNull(path, "path");
      return this;
    }

    /**
     * Sets the longest time for which {@link Proxy#awaitSuccessor} waits until the next process has
     * taken over; 0 for not at all. 10 seconds by default. Has no effect without {@link #handOver}.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder handOverTimeout(Duration timeout) {
      if (timeout.isNegative()) {
        throw new IllegalArgumentException(
            "hand-over-timeout %s (expected: 0 or more)".formatted(timeout));
      }
      this.handOverTimeout = timeout;
      return this;
    }

    /**
     * How many bytes a second each client may send, on the average; 1,024 or more. No limit by
     * default.
     */
    public Builder bandwidthUp(long bytesPerSecond) {
      this.bandwidthUp = rate("bandwidth-up", bytesPerSecond);
      return this;
    }

    /** How many bytes a second each client may get; as {@link #bandwidthUp}. */
    public Builder bandwidthDown(long bytesPerSecond) {
      this.bandwidthDown = rate("bandwidth-down", bytesPerSecond);
      return this;
    }

    /**
     * How many bytes a second all clients together may send, as {@link #bandwidthUp}. Those who
     * have more to send than there is room for have equal parts.
     */
    public Builder totalBandwidthUp(long bytesPerSecond) {
      this.totalBandwidthUp = rate("total-bandwidth-up", bytesPerSecond);
      return this;
    }

    /** How many bytes a second all clients together may get; as {@link #totalBandwidthUp}. */
    public Builder totalBandwidthDown(long bytesPerSecond) {
      this.totalBandwidthDown = rate("total-bandwidth-down", bytesPerSecond);
      return this;
    }

    private static long rate(String what, long bytesPerSecond) {
      if (bytesPerSecond < BandwidthLimits.LEAST) {
        throw new IllegalArgumentException(
            "%s %d (expected: %d or more)".formatted(what, bytesPerSecond, BandwidthLimits.LEAST));
      }
      return bytesPerSecond;
    }

    /**
     * How many connections of clients may be open at a time; while they are, others wait to be
     * accepted. By default what the limit on open files of this process has room for.
     */
    public Builder maxConnections(int connections) {
      this.maxConnections = atLeastOne("max-connections", connections);
      return this;
    }

    /** How many connections are accepted in a second; others wait. No limit by default. */
    public Builder maxConnectionRate(int perSecond) {
      this.maxConnectionRate = atLeastOne("max-connection-rate", perSecond);
      return this;
    }

    /** How many attempts may be made again; 20% of the connections and 10 a second by default. */
    public Builder retryBudget(RetryRate rate) {
      this.retries = Objects.requireNonNull(rate, "rate");
      return this;
    }

    /** How many connections one address may have; further ones are closed. No limit by default. */
    public Builder maxConnectionsPerClient(int connections) {
      this.maxConnectionsPerClient = atLeastOne("max-connections-per-client", connections);
      return this;
    }

    /** Who is served; everybody by default. Others are closed before a token is taken for them. */
    public Builder allow(List<CidrBlock> clients) {
      this.allow = List.copyOf(clients);
      return this;
    }

    /** Who is not served, even if allowed; nobody by default. */
    public Builder deny(List<CidrBlock> clients) {
      this.deny = List.copyOf(clients);
      return this;
    }

    /**
     * The header that each target gets as the first bytes of a connection, which says where the
     * client is; none by default. The target must expect it.
     */
    public Builder proxyProtocol(ProxyProtocol version) {
      this.proxyProtocol = Objects.requireNonNull(version, "version");
      return this;
    }

    /**
     * Peers whose connections begin with a header of the PROXY protocol, of either version; none by
     * default. Where the header says so, the client is somebody else than the peer: in the key of
     * the demand, and in the header that a target gets. A peer that sends no valid header within 5
     * seconds is closed. What others send is left alone.
     */
    public Builder acceptProxyFrom(List<CidrBlock> peers) {
      this.acceptProxyFrom = List.copyOf(peers);
      return this;
    }

    /**
     * TLS, with clients, with targets or both; by default there is none, and that of clients and
     * targets with each other goes through unread. {@link #splice} has none.
     */
    public Builder tls(TlsSettings settings) {
      this.tls = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /** How long the header of such a peer may take. */
    Builder headerTimeout(Duration timeout) {
      this.headerTimeout = timeout;
      return this;
    }

    /**
     * The proxy, not started. Reads the files of TLS, if there are any.
     *
     * @throws IllegalStateException if there is no address or no token source
     * @throws SettingsException if the settings of TLS do not fit together, or a file is wrong
     * @throws StartException if something is asked for that cannot be done here
     */
    public TcpProxy build() {
      if (!(tls == null ? plain : underTls).isOnPlainSockets()) {
        needsPlainSockets("user-timeout", !userTimeout.isZero());
        needsPlainSockets("reuse-port", reusePort);
        needsPlainSockets("hand-over", handOver != null);
      }
      return new TcpProxy(this);
    }

    private void needsPlainSockets(String option, boolean isAsked) {
      if (isAsked) {
        throw new StartException(
            "%s: tcp-nio has no %s (expected: tcp-splice, on Linux)".formatted(name(), option));
      }
    }

    private TunnelEngine engine() {
      return tls == null ? plain : underTls.with(Tls.load(name(), tls), name());
    }

    private TunnelSettings settings() {
      return new TunnelSettings(
          demand(),
          key(),
          attempts,
          attemptsTimeout.toNanos(),
          connectTimeout.toNanos(),
          idleTimeout.toNanos(),
          finTimeout.toNanos(),
          maxLifetime.toNanos(),
          Math.toIntExact(userTimeout.toMillis()),
          new BandwidthLimits(bandwidthUp, bandwidthDown, totalBandwidthUp, totalBandwidthDown),
          new HeaderSettings(
              proxyProtocol, new CidrList(acceptProxyFrom), headerTimeout.toNanos()));
    }
  }
}
