package io.lbtk.netty.proxy;

import io.lbtk.api.Proxy;
import io.lbtk.api.StartException;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.netty.ListenAddress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The portable proxy: tunnels TCP connections by copying, on NIO, wherever Java runs.
 *
 * <pre>{@code
 * Proxy proxy = TcpNioProxy.builder().listen("127.0.0.1:8080").tokens(generator).build();
 * proxy.start();
 * }</pre>
 *
 * <p>A client and its target live on one event loop. Thread-safe.
 */
public final class TcpNioProxy implements Proxy {

  private final Builder settings;
  private final StateLog log;
  private final Map<EventExecutor, ProxyLoop> loops = new HashMap<>();
  private final List<TokenSource> ownSources = new ArrayList<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private @Nullable EventLoopGroup group;
  private @Nullable AddressResolverGroup<InetSocketAddress> names;
  private @Nullable Channel server;
  private boolean closed;

  private TcpNioProxy(Builder settings) {
    this.settings = settings;
    this.log = new StateLog(settings.name);
  }

  /** A builder of a proxy. It needs an address to listen on, and a token source. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public synchronized void start() {
    if (group != null || closed) {
      throw new IllegalStateException("started or closed before");
    }
    EventLoopGroup newGroup =
        new MultiThreadIoEventLoopGroup(
            settings.loops,
            new DefaultThreadFactory(settings.name, true),
            NioIoHandler.newFactory());
    group = newGroup;
    try {
      AddressResolverGroup<InetSocketAddress> resolvers =
          new DnsAddressResolverGroup(
              NioDatagramChannel.class, DnsServerAddressStreamProviders.platformDefault());
      names = resolvers;
      RetryBudget retries =
          new RetryBudget(settings.retryPercent, settings.retriesPerSecond, Ticker.system());
      for (EventExecutor executor : newGroup) {
        loops.put(executor, newLoop((EventLoop) executor, resolvers, retries));
      }
      server = settings.listenAddress().bind(bootstrap(newGroup));
    } catch (StartException e) {
      close();
      throw e;
    }
  }

  private ProxyLoop newLoop(
      EventLoop loop, AddressResolverGroup<InetSocketAddress> resolvers, RetryBudget retries) {
    TunnelSettings tunnel = settings.tunnelSettings();
    TokenSource source = settings.tokenSource().apply(loop);
    if (settings.ownsTokenSources) {
      ownSources.add(source);
    }
    TargetConnector connector = new TargetConnector(loop, resolvers, tunnel.connectTimeout());
    return new ProxyLoop(loop, source, connector, tunnel, retries, log);
  }

  private ServerBootstrap bootstrap(EventLoopGroup loopGroup) {
    return new ServerBootstrap()
        .group(loopGroup)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.SO_BACKLOG, 4096)
        .childOption(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.AUTO_CLOSE, false)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 << 10, 128 << 10))
        .childHandler(new ClientHandler());
  }

  /** Hands each client to its loop. */
  @ChannelHandler.Sharable
  private final class ClientHandler extends ChannelInboundHandlerAdapter {

    @Override
    public void channelActive(ChannelHandlerContext context) {
      SocketChannel client = (SocketChannel) context.channel();
      ProxyLoop loop = loops.get(client.eventLoop());
      if (loop == null || !clients.add(client)) {
        client.close();
        return;
      }
      context.pipeline().remove(this);
      loop.accept(client);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  @Override
  public synchronized SocketAddress address() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server.localAddress();
  }

  @Override
  public CompletableFuture<Void> drain(Duration timeout) {
    stopAccepting();
    CompletableFuture<Void> drained = new CompletableFuture<>();
    clients.newCloseFuture().addListener(closedAll -> drained.complete(null));
    return drained
        .orTimeout(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS)
        .handle(
            (done, late) -> {
              close();
              return null;
            });
  }

  private synchronized void stopAccepting() {
    if (server != null) {
      server.close().awaitUninterruptibly();
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    stopAccepting();
    EventLoopGroup running = group;
    if (running == null) {
      return;
    }
    loops.forEach((executor, loop) -> executor.execute(loop::closeTunnels));
    clients.close();
    ownSources.forEach(TokenSource::close);
    running.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    if (names != null) {
      names.close();
    }
  }

  /** What a proxy is made of. */
  public static final class Builder {

    private String name = "proxy";
    private @Nullable ListenAddress listen;
    private @Nullable Function<Executor, TokenSource> tokens;
    private boolean ownsTokenSources;
    private int loops = Runtime.getRuntime().availableProcessors();
    private int retryPercent = 20;
    private int retriesPerSecond = 10;
    private int attempts = 3;
    private Duration attemptsTimeout = Duration.ofSeconds(10);
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration tokenTimeout = Duration.ofSeconds(5);
    private Duration idleTimeout = Duration.ofMinutes(10);
    private Duration finTimeout = Duration.ofSeconds(30);
    private boolean keyByClient;

    private Builder() {}

    /** The name in logs and of threads; {@code proxy} by default. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Where to accept: {@code host:port}, port 0 for one that the kernel chooses.
     *
     * @throws IllegalArgumentException if it is none; the message says what was expected
     */
    public Builder listen(String address) {
      return listen(ListenAddress.parse(address));
    }

    /** Where to accept. */
    public Builder listen(ListenAddress address) {
      this.listen = Objects.requireNonNull(address, "address");
      return this;
    }

    /** Where all loops take their tokens; it stays the caller's. */
    public Builder tokens(TokenSource source) {
      Objects.requireNonNull(source, "source");
      this.tokens = loop -> source;
      this.ownsTokenSources = false;
      return this;
    }

    /**
     * Makes a token source for each loop, as in {@link io.lbtk.api.TokenTransport#connect}. The
     * proxy closes them.
     */
    public Builder tokens(Function<Executor, TokenSource> sourceOfLoop) {
      this.tokens = Objects.requireNonNull(sourceOfLoop, "sourceOfLoop");
      this.ownsTokenSources = true;
      return this;
    }

    /** Event loops, each with a thread; as many as there are cores by default. */
    public Builder loops(int loops) {
      this.loops = requirePositive(loops, "loops");
      return this;
    }

    /** How many targets are tried for a client; 3 by default. */
    public Builder attempts(int attempts) {
      this.attempts = requirePositive(attempts, "attempts");
      return this;
    }

    /** How long all attempts may take together; 10s by default. */
    public Builder attemptsTimeout(Duration timeout) {
      this.attemptsTimeout = timeout;
      return this;
    }

    /** How long one target has to accept; 5s by default. */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = timeout;
      return this;
    }

    /** How long to wait for a token, before the client is closed; 5s by default. */
    public Builder tokenTimeout(Duration timeout) {
      this.tokenTimeout = timeout;
      return this;
    }

    /** After how long a tunnel is closed in which nothing moves; 10m by default, zero for never. */
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = timeout;
      return this;
    }

    /** The same, once one side has sent all that it had; 30s by default, zero for never. */
    public Builder finTimeout(Duration timeout) {
      this.finTimeout = timeout;
      return this;
    }

    /**
     * How many further attempts are made at the most: so many for each hundred connections, and so
     * many a second. 20 and 10 by default.
     */
    public Builder retryBudget(int percent, int perSecond) {
      this.retryPercent = percent;
      this.retriesPerSecond = perSecond;
      return this;
    }

    /** Whether demands carry the client's address as their key; false by default. */
    public Builder keyByClientAddress(boolean keyByClient) {
      this.keyByClient = keyByClient;
      return this;
    }

    private static int requirePositive(int value, String what) {
      if (value < 1) {
        throw new IllegalArgumentException("%s %d (expected: 1 or more)".formatted(what, value));
      }
      return value;
    }

    private ListenAddress listenAddress() {
      return Objects.requireNonNull(listen, "listen");
    }

    private Function<Executor, TokenSource> tokenSource() {
      return Objects.requireNonNull(tokens, "tokens");
    }

    private TunnelSettings tunnelSettings() {
      return new TunnelSettings(
          attempts,
          attemptsTimeout,
          connectTimeout,
          tokenTimeout,
          idleTimeout,
          finTimeout,
          keyByClient);
    }

    /**
     * Makes the proxy, which does not accept yet.
     *
     * @throws NullPointerException if there is no address or no token source
     */
    public TcpNioProxy build() {
      listenAddress();
      tokenSource();
      return new TcpNioProxy(this);
    }
  }
}
