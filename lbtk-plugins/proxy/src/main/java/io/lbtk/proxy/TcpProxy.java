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
 * A TCP proxy.
 *
 * <pre>{@code
 * try (TcpProxy proxy = TcpProxy.builder().listen("127.0.0.1:8080").tokens(generator).build()) {
 *   proxy.start();
 *   ...
 * }
 * }</pre>
 *
 * <p>Each connection belongs to one event loop, with its token and both of its sockets. A FIN is
 * passed on after all bytes before it, and ends its direction only; a reset is passed on as a
 * reset. If a client ends its connection before it has sent a byte and before the target is
 * connected, its demand is cancelled, or its token is released as unused.
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
   * Returns a builder of a proxy with the best engine that is available: {@link #splice}, or else
   * {@link #nio}, which is also used for TLS.
   */
  public static Builder builder() {
    return Epoll.isAvailable() ? new Builder(SpliceEngine.create(), new NioEngine()) : nio();
  }

  /** Returns a builder of a proxy that runs on all platforms. */
  public static Builder nio() {
    NioEngine engine = new NioEngine();
    return new Builder(engine, engine);
  }

  /**
   * Returns a builder of a proxy for Linux, which lets the kernel move large amounts of data by
   * splice, and copies small amounts.
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

  /** Returns the number of open client connections, including those that wait for a token. */
  public int connections() {
    return state.open().count();
  }

  /** Builds a {@link TcpProxy}. Each method returns the builder. Not thread-safe. */
  public static final class Builder extends ProxyBuilder<Builder> {

    static final Duration LONGEST_USER_TIMEOUT = Duration.ofDays(1);

    /** The default, long enough for the start of a JVM on a busy machine. */
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
     * Sets the number of targets that are tried for a connection; 3 by default, {@value
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

    /** Sets the longest time of all attempts of a connection; 10 seconds by default. */
    public Builder attemptsTimeout(Duration timeout) {
      this.attemptsTimeout = positive("attempts-timeout", timeout);
      return this;
    }

    /**
     * Sets the longest time of one attempt, over all addresses of its target; 5 seconds by default.
     */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive("connect-timeout", timeout);
      return this;
    }

    /**
     * Sets the time without traffic in either direction after which a connection is closed; 10
     * minutes by default. Zero for never: then only TCP keepalive detects that a peer has vanished.
     */
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = timeout.isZero() ? timeout : positive("idle-timeout", timeout);
      return this;
    }

    /**
     * Sets the time without traffic after which a half-closed connection is closed, once all data
     * of the side that has ended was relayed; 30 seconds by default.
     */
    public Builder finTimeout(Duration timeout) {
      this.finTimeout = positive("fin-timeout", timeout);
      return this;
    }

    /**
     * Sets the time after which a connection is closed in any case, up to a tenth less at random,
     * so that connections that began together do not end together. Zero, the default, for never.
     */
    public Builder maxLifetime(Duration lifetime) {
      this.maxLifetime = lifetime.isZero() ? lifetime : positive("max-lifetime", lifetime);
      return this;
    }

    /**
     * Sets TCP_USER_TIMEOUT (RFC 5482): the time after which a connection is aborted whose peer
     * acknowledges no data, because its machine is gone or it does not read. Rounded to
     * milliseconds. Zero, the default, for the time of the system, about a quarter of an hour.
     * Supported by {@link #splice} only.
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
     * Permits other processes of the same user to listen on the same address at the same time
     * (SO_REUSEPORT). Not by default. Supported by {@link #splice} only.
     *
     * <p>The system distributes connections over the processes. A process that stops accepts those
     * that it was given, but a connection that arrives at that very moment is refused: {@link
     * #handOver} loses none.
     */
    public Builder reusePort(boolean reuse) {
      this.reusePort = reuse;
      return this;
    }

    /**
     * Sets the path of a socket by which successive processes hand over the listener of this
     * address. If a former process is there, this proxy accepts from its listening sockets as soon
     * as it is started, and lets it stop by {@link Proxy#takeOver}; the next process can do the
     * same, see {@link Proxy#takenOver}. No connection is refused or reset. None by default.
     * Supported by {@link #splice} only.
     *
     * @param path the path of a file that is created, in a directory that only this user can write
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
     * Sets the number of bytes per second that each client may send on average, at least 1,024. No
     * limit by default.
     */
    public Builder bandwidthUp(long bytesPerSecond) {
      this.bandwidthUp = rate("bandwidth-up", bytesPerSecond);
      return this;
    }

    /**
     * Sets the number of bytes per second that each client may receive, as {@link #bandwidthUp}.
     */
    public Builder bandwidthDown(long bytesPerSecond) {
      this.bandwidthDown = rate("bandwidth-down", bytesPerSecond);
      return this;
    }

    /**
     * Sets the number of bytes per second that all clients together may send, as {@link
     * #bandwidthUp}. Clients that have more to send than the limit permits get equal parts.
     */
    public Builder totalBandwidthUp(long bytesPerSecond) {
      this.totalBandwidthUp = rate("total-bandwidth-up", bytesPerSecond);
      return this;
    }

    /**
     * Sets the number of bytes per second that all clients together may receive, as {@link
     * #totalBandwidthUp}.
     */
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
     * Sets the largest number of open client connections; others wait to be accepted. By default as
     * many as the limit on open files of this process permits.
     */
    public Builder maxConnections(int connections) {
      this.maxConnections = atLeastOne("max-connections", connections);
      return this;
    }

    /**
     * Sets the largest number of connections accepted per second; others wait. No limit by default.
     */
    public Builder maxConnectionRate(int perSecond) {
      this.maxConnectionRate = atLeastOne("max-connection-rate", perSecond);
      return this;
    }

    /** Sets the rate of retries; 20% of the connections plus 10 per second by default. */
    public Builder retryBudget(RetryRate rate) {
      this.retries = Objects.requireNonNull(rate, "rate");
      return this;
    }

    /**
     * Sets the largest number of connections of one address; others are closed. No limit by
     * default.
     */
    public Builder maxConnectionsPerClient(int connections) {
      this.maxConnectionsPerClient = atLeastOne("max-connections-per-client", connections);
      return this;
    }

    /**
     * Sets the addresses that are served; all by default. Connections of others are closed without
     * a token.
     */
    public Builder allow(List<CidrBlock> clients) {
      this.allow = List.copyOf(clients);
      return this;
    }

    /** Sets the addresses that are not served, even if allowed; none by default. */
    public Builder deny(List<CidrBlock> clients) {
      this.deny = List.copyOf(clients);
      return this;
    }

    /**
     * Sets the header with the address of the client that is sent to a target first; none by
     * default. The target must expect it.
     */
    public Builder proxyProtocol(ProxyProtocol version) {
      this.proxyProtocol = Objects.requireNonNull(version, "version");
      return this;
    }

    /**
     * Sets the peers whose connections must begin with a header of the PROXY protocol, of either
     * version; none by default. The address in the header is that of the client, for the key of the
     * demand and for the header that is sent to a target. A connection without a valid header
     * within 5 seconds is closed. Headers of other peers are relayed like any data.
     */
    public Builder acceptProxyFrom(List<CidrBlock> peers) {
      this.acceptProxyFrom = List.copyOf(peers);
      return this;
    }

    /**
     * Sets TLS with clients, with targets or both. By default there is none, and TLS between
     * clients and targets is relayed unread. Not supported by {@link #splice}.
     */
    public Builder tls(TlsSettings settings) {
      this.tls = Objects.requireNonNull(settings, "settings");
      return this;
    }

    /** Sets the longest time until the header of such a peer is complete. */
    Builder headerTimeout(Duration timeout) {
      this.headerTimeout = timeout;
      return this;
    }

    /**
     * Creates the proxy, which is not started yet. Reads the files of TLS, if there are any.
     *
     * @throws IllegalStateException if there is no address or no token source
     * @throws SettingsException if the settings of TLS contradict each other, or a file is invalid
     * @throws StartException if a setting is not supported here
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
