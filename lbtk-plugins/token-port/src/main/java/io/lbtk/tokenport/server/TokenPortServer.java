package io.lbtk.tokenport.server;

import io.lbtk.api.StartException;
import io.lbtk.api.Subscription;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.api.TokenTransport.Publication;
import io.lbtk.net.ListenAddress;
import io.lbtk.net.Listener;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelGroupFuture;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves a token source at an address, to PULL peers and to lease peers. Thread-safe. */
public final class TokenPortServer implements Publication {

  private static final Logger log = LoggerFactory.getLogger(TokenPortServer.class);
  private static final String WHO = "the token port";
  private static final int CLOSE_SECONDS = 5;

  private final EventLoopGroup group;
  private final Listener listener;
  private final ChannelGroup peers;
  private final OpenQueue queue;
  private final LeasePeers desk;
  private final Subscription gone;
  private final CompletableFuture<Void> ready;
  private final PortCounters counters;
  private final URI address;
  private final AtomicBoolean closed = new AtomicBoolean();

  private TokenPortServer(
      EventLoopGroup group,
      Listener listener,
      ChannelGroup peers,
      OpenQueue queue,
      LeasePeers desk,
      Subscription gone,
      CompletableFuture<Void> ready,
      PortCounters counters,
      URI address) {
    this.group = group;
    this.listener = listener;
    this.peers = peers;
    this.queue = queue;
    this.desk = desk;
    this.gone = gone;
    this.ready = ready;
    this.counters = counters;
    this.address = address;
  }

  /**
   * Binds the address, and starts to serve.
   *
   * @param uri the address to listen on
   * @param source the token source; it is not closed
   * @param options the options of the port
   * @param ticker the source of time
   * @throws StartException if the address cannot be bound
   */
  public static TokenPortServer open(
      URI uri, TokenSource source, PortOptions options, Ticker ticker) {
    ListenAddress wanted;
    try {
      wanted = listenAddress(uri);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "%s cannot listen on \"%s\" (%s)".formatted(WHO, uri, e.getMessage()), e);
    }
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            options.loops(),
            new DefaultThreadFactory("token-port", true),
            NioIoHandler.newFactory());
    PortCounters counters = new PortCounters();
    TargetEncoder hostPorts = new TargetEncoder();
    OpenQueue queue = new OpenQueue(group.next(), source);
    LeasePeers desk = new LeasePeers(group, source, options, ticker, counters, hostPorts);
    Subscription gone = source.onGone(desk::gone);
    CompletableFuture<Void> ready = source.whenReady();
    var unused = ready.thenRun(desk::ready);
    PortInitializer initializer = new PortInitializer(hostPorts, options, counters, queue, desk);
    ChannelGroup peers = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    Listener listener;
    try {
      listener =
          Listener.bind(
              WHO, wanted, group.next(), channel -> accepted(group, peers, channel, initializer));
    } catch (StartException e) {
      gone.close();
      ready.cancel(false);
      group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
      throw e;
    }
    String bound = NetUtil.toSocketAddressString(listener.address());
    URI address = URI.create(uri.getScheme() + "://" + bound);
    log.info("serving tokens at {}", address);
    return new TokenPortServer(group, listener, peers, queue, desk, gone, ready, counters, address);
  }

  /**
   * Returns the listen address of a URI.
   *
   * @throws IllegalArgumentException if the URI is not {@code scheme://host:port}; the message does
   *     not repeat the URI
   */
  public static ListenAddress listenAddress(URI uri) {
    String authority = uri.getRawAuthority();
    if (authority == null || !uri.getRawSchemeSpecificPart().equals("//" + authority)) {
      throw new IllegalArgumentException("expected: %s://host:port".formatted(uri.getScheme()));
    }
    return ListenAddress.parse(authority);
  }

  private static void accepted(
      EventLoopGroup group,
      ChannelGroup peers,
      SocketChannel channel,
      PortInitializer initializer) {
    peers.add(channel);
    channel.pipeline().addLast(initializer);
    group.next().register(channel);
  }

  @Override
  public URI address() {
    return address;
  }

  /** Returns the counters of this port. */
  PortCounters counters() {
    return counters;
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    gone.close();
    ready.cancel(false);
    queue.close();
    listener.close();
    desk.close();
    // A loop that shuts down between events does not close its channels.
    ChannelGroupFuture left = peers.close();
    boolean mayWait = true;
    for (EventExecutor loop : group) {
      mayWait &= !loop.inEventLoop();
    }
    Future<?> ended = group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    if (mayWait) {
      left.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
      ended.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
