package io.lbtk.netty.proxy;

import io.lbtk.api.Demand;
import io.lbtk.api.Proxy;
import io.lbtk.api.StartException;
import io.lbtk.api.TokenSource;
import io.lbtk.netty.ListenAddress;
import io.netty.channel.epoll.Epoll;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
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
public final class TcpProxy implements Proxy {

  private final ListenAddress listen;
  private final Function<Executor, TokenSource> tokens;
  private final boolean ownsTokens;
  private final int loops;
  private final TunnelEngine engine;
  private final ProxyState state;

  private @Nullable RunningProxy running;
  private @Nullable InetSocketAddress address;
  private boolean closed;

  private TcpProxy(Builder builder, ListenAddress listen, Function<Executor, TokenSource> tokens) {
    this.listen = listen;
    this.tokens = tokens;
    this.ownsTokens = builder.ownsTokens;
    this.loops = builder.loops;
    this.engine = builder.engine;
    this.state =
        new ProxyState(
            builder.name,
            builder.settings(),
            new AcceptLimits(builder.maxConnections, builder.maxConnectionRate),
            new Admission(
                new CidrList(builder.allow),
                new CidrList(builder.deny),
                builder.maxConnectionsPerClient),
            builder.retries,
            builder.nameServers);
  }

  /**
   * A proxy by the best way that works here: {@link #splice}, or else {@link #nio}; with the
   * defaults, without an address and a token source.
   */
  public static Builder builder() {
    return Epoll.isAvailable() ? splice() : nio();
  }

  /**
   * A proxy that runs wherever Java does, with the defaults, without an address and a token source.
   */
  public static Builder nio() {
    return new Builder(new NioEngine());
  }

  /**
   * A proxy for Linux, which lets the kernel move what is much and copies what is little, with the
   * defaults, without an address and a token source.
   *
   * @throws StartException if it cannot run here; the message says why
   */
  public static Builder splice() {
    return new Builder(SpliceEngine.create());
  }

  @Override
  public synchronized void start() {
    if (closed || running != null) {
      throw new IllegalStateException(
          "%s was %s before".formatted(state.name(), closed ? "closed" : "started"));
    }
    RunningProxy started = new RunningProxy(state, engine, loops);
    try {
      started.start(listen, tokens, ownsTokens);
    } catch (RuntimeException e) {
      closed = true;
      started.close();
      throw e;
    }
    running = started;
    address = started.address();
  }

  @Override
  public synchronized InetSocketAddress address() {
    if (address == null) {
      throw new IllegalStateException(state.name() + " was not started");
    }
    return address;
  }

  /** How many connections of clients are open, those included that wait for a token. */
  public int connections() {
    return state.open().count();
  }

  @Override
  public CompletableFuture<@Nullable Void> drain(Duration timeout) {
    RunningProxy draining;
    synchronized (this) {
      draining = closed ? null : running;
    }
    return draining == null ? CompletableFuture.completedFuture(null) : draining.drain(timeout);
  }

  /**
   * Stops accepting, closes every tunnel and releases its token, then ends the loops. Waits for
   * that, unless a loop of this proxy is the caller.
   */
  @Override
  public void close() {
    RunningProxy ending;
    synchronized (this) {
      closed = true;
      ending = running;
      running = null;
    }
    if (ending != null) {
      ending.close();
    }
  }

  /** Makes a proxy. Each method returns the builder; it is not thread-safe. */
  public static final class Builder {

    private final TunnelEngine engine;
    private String name = "proxy";
    private @Nullable ListenAddress listen;
    private @Nullable Function<Executor, TokenSource> tokens;
    private boolean ownsTokens;
    private int loops = Runtime.getRuntime().availableProcessors();
    private int attempts = 3;
    private Duration attemptsTimeout = Duration.ofSeconds(10);
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration tokenTimeout = Duration.ofSeconds(5);
    private Duration idleTimeout = Duration.ofMinutes(10);
    private Duration finTimeout = Duration.ofSeconds(30);
    private RetryRate retries = RetryRate.DEFAULT;
    private Duration maxLifetime = Duration.ZERO;
    private int maxConnections = AcceptLimits.connectionsFor(OpenFiles.limit());
    private int maxConnectionRate;
    private DemandKey key = DemandKey.NONE;
    private int maxConnectionsPerClient;
    private List<CidrBlock> allow = List.of();
    private List<CidrBlock> deny = List.of();
    private ProxyProtocol proxyProtocol = ProxyProtocol.OFF;
    private List<CidrBlock> acceptProxyFrom = List.of();
    private Duration headerTimeout = Duration.ofSeconds(5);
    private @Nullable DnsServerAddressStreamProvider nameServers;

    private Builder(TunnelEngine engine) {
      this.engine = engine;
    }

    /** The name for logs, errors and threads; {@code proxy} by default. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Where to listen: {@code host:port}, an IPv6 address in brackets, {@code *} for every address,
     * port 0 for any free one. Required.
     *
     * @throws StartException if the text is no address
     */
    public Builder listen(String address) {
      return listen(ListenAddress.parse(name, address));
    }

    /** Where to listen. Required. */
    public Builder listen(ListenAddress address) {
      this.listen = Objects.requireNonNull(address, "address");
      return this;
    }

    /** One source for all loops. It stays the caller's, who closes it after the proxy. */
    public Builder tokens(TokenSource source) {
      Objects.requireNonNull(source, "source");
      this.tokens = loop -> source;
      this.ownsTokens = false;
      return this;
    }

    /**
     * A source for each loop, made when the proxy starts. The proxy closes them.
     *
     * @param perLoop is given the loop, as a serial executor; the source is used by its tasks alone
     */
    public Builder tokens(Function<Executor, TokenSource> perLoop) {
      this.tokens = Objects.requireNonNull(perLoop, "perLoop");
      this.ownsTokens = true;
      return this;
    }

    /** How many threads; one for each core by default. */
    public Builder loops(int loops) {
      this.loops = atLeastOne("loops", loops);
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

    /** The time to wait for a token before the client is sent away; 5 seconds by default. */
    public Builder tokenTimeout(Duration timeout) {
      this.tokenTimeout = positive("token-timeout", timeout);
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

    /** What is the key of each demand; none by default. */
    public Builder key(DemandKey key) {
      this.key = Objects.requireNonNull(key, "key");
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

    /** How long the header of such a peer may take. */
    Builder headerTimeout(Duration timeout) {
      this.headerTimeout = timeout;
      return this;
    }

    /** Whom to ask for the names of targets, in place of the servers of the system. */
    Builder nameServers(DnsServerAddressStreamProvider servers) {
      this.nameServers = servers;
      return this;
    }

    /**
     * The proxy, not started.
     *
     * @throws IllegalStateException if there is no address or no token source
     */
    public TcpProxy build() {
      if (listen == null || tokens == null) {
        throw new IllegalStateException(
            "%s has no %s".formatted(name, listen == null ? "address to listen on" : "tokens"));
      }
      return new TcpProxy(this, listen, tokens);
    }

    private TunnelSettings settings() {
      return new TunnelSettings(
          Demand.any().within(tokenTimeout),
          key,
          attempts,
          attemptsTimeout.toNanos(),
          connectTimeout.toNanos(),
          idleTimeout.toNanos(),
          finTimeout.toNanos(),
          maxLifetime.toNanos(),
          new HeaderSettings(
              proxyProtocol, new CidrList(acceptProxyFrom), headerTimeout.toNanos()));
    }

    private static int atLeastOne(String what, int value) {
      if (value < 1) {
        throw new IllegalArgumentException("%s %d (expected: 1 or more)".formatted(what, value));
      }
      return value;
    }

    private static Duration positive(String what, Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException("%s %s (expected: more than 0)".formatted(what, value));
      }
      return value;
    }
  }
}
