package io.lbtk.netty.proxy;

import io.lbtk.api.Demand;
import io.lbtk.api.Proxy;
import io.lbtk.api.StartException;
import io.lbtk.api.TokenSource;
import io.lbtk.netty.ListenAddress;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
 * the token is released as refused, and the next datagram of the client takes another.
 *
 * <p>Datagrams are passed on whole, the empty ones too. Those that come before the session has its
 * token are held, up to 16 for a client and up to 4 MiB on a loop. As ever with UDP, one that the
 * system has no room for is lost.
 */
public final class UdpProxy implements Proxy {

  private final ListenAddress listen;
  private final Function<Executor, TokenSource> tokens;
  private final boolean ownsTokens;
  private final int loops;
  private final UdpEngine engine;
  private final UdpState state;

  private @Nullable RunningUdpProxy running;
  private @Nullable InetSocketAddress address;
  private boolean closed;

  private UdpProxy(Builder builder, ListenAddress listen, Function<Executor, TokenSource> tokens) {
    this.listen = listen;
    this.tokens = tokens;
    this.ownsTokens = builder.ownsTokens;
    this.loops = builder.loops;
    this.engine = builder.engine;
    this.state = new UdpState(builder.name, builder.settings(), builder.nameServers);
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
  public synchronized void start() {
    if (closed || running != null) {
      throw new IllegalStateException(
          "%s was %s before".formatted(state.name(), closed ? "closed" : "started"));
    }
    try {
      running = RunningUdpProxy.start(state, engine, listen, loops, tokens, ownsTokens);
    } catch (RuntimeException e) {
      closed = true;
      throw e;
    }
    address = running.address();
  }

  @Override
  public synchronized InetSocketAddress address() {
    if (address == null) {
      throw new IllegalStateException(state.name() + " was not started");
    }
    return address;
  }

  /** How many sessions there are, those included that wait for a token. */
  public int sessions() {
    return state.open().count();
  }

  /**
   * Takes no new client any more: their datagrams are dropped. Sessions go on until they end by
   * themselves, or until the timeout; their port stays bound until then.
   */
  @Override
  public CompletableFuture<@Nullable Void> drain(Duration timeout) {
    RunningUdpProxy draining;
    synchronized (this) {
      draining = closed ? null : running;
    }
    return draining == null ? CompletableFuture.completedFuture(null) : draining.drain(timeout);
  }

  /**
   * Ends every session and releases its token, then ends the loops. Waits for that, unless a loop
   * of this proxy is the caller.
   */
  @Override
  public void close() {
    RunningUdpProxy ending;
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

    private final UdpEngine engine;
    private String name = "proxy";
    private @Nullable ListenAddress listen;
    private @Nullable Function<Executor, TokenSource> tokens;
    private boolean ownsTokens;
    private int loops = Runtime.getRuntime().availableProcessors();
    private Duration tokenTimeout = Duration.ofSeconds(5);
    private Duration idleTimeout = Duration.ofSeconds(30);
    private int maxSessions = 65_536;
    private int responses;
    private DemandKey key = DemandKey.NONE;
    private @Nullable DnsServerAddressStreamProvider nameServers;

    private Builder(UdpEngine engine) {
      this.engine = engine;
    }

    /** The name for logs, errors and threads; {@code proxy} by default. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Where to listen: {@code host:port}, an IPv6 address in brackets, {@code *} for every address,
     * port 0 for any free one. Required. A client that sends to one of several addresses of this
     * machine may be answered from another where this is {@code *}.
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

    /**
     * How many threads, each with a part of the clients; one for each core by default. Without
     * Linux's epoll there is one in any case.
     */
    public Builder loops(int loops) {
      this.loops = atLeastOne("loops", loops);
      return this;
    }

    /** How long datagrams wait for a token before they are dropped; 5 seconds by default. */
    public Builder tokenTimeout(Duration timeout) {
      this.tokenTimeout = positive("token-timeout", timeout);
      return this;
    }

    /** A session without a datagram in either direction for so long ends; 30 seconds by default. */
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = positive("idle-timeout", timeout);
      return this;
    }

    /**
     * How many sessions there may be; 65,536 by default. Datagrams of further clients are dropped.
     * Each session has a socket, and with it a file descriptor and a port of this machine.
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

    /** What is the key of each demand; none by default. */
    public Builder key(DemandKey key) {
      this.key = Objects.requireNonNull(key, "key");
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
    public UdpProxy build() {
      if (listen == null || tokens == null) {
        throw new IllegalStateException(
            "%s has no %s".formatted(name, listen == null ? "address to listen on" : "tokens"));
      }
      return new UdpProxy(this, listen, tokens);
    }

    private UdpSettings settings() {
      return new UdpSettings(
          Demand.any().within(tokenTimeout), key, idleTimeout.toNanos(), maxSessions, responses);
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
