package io.lbtk.netty.token;

import io.lbtk.api.StartException;
import io.lbtk.api.Subscription;
import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.api.TokenTransport.Publication;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves a token source at an address, to PULL and to lease peers. Thread-safe. */
final class TokenPort implements Publication {

  private static final Logger log = LoggerFactory.getLogger(TokenPort.class);
  private static final int BACKLOG = 1024;
  private static final int CLOSE_SECONDS = 5;

  private final EventLoopGroup group;
  private final Channel server;
  private final OpenQueue queue;
  private final LeaseDesk desk;
  private final Subscription gone;
  private final PortCounters counters;
  private final URI address;
  private final AtomicBoolean closed = new AtomicBoolean();

  private TokenPort(
      EventLoopGroup group,
      Channel server,
      OpenQueue queue,
      LeaseDesk desk,
      Subscription gone,
      PortCounters counters,
      URI address) {
    this.group = group;
    this.server = server;
    this.queue = queue;
    this.desk = desk;
    this.gone = gone;
    this.counters = counters;
    this.address = address;
  }

  /**
   * Binds the address, and serves.
   *
   * @param source stays the caller's
   * @throws StartException if it cannot be bound
   */
  static TokenPort open(URI uri, TokenSource source, PortOptions options, Ticker ticker) {
    InetSocketAddress wanted = BindAddress.of(uri);
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            options.loops(),
            new DefaultThreadFactory("token-port", true),
            NioIoHandler.newFactory());
    PortCounters counters = new PortCounters();
    HostPorts hostPorts = new HostPorts();
    OpenQueue queue = new OpenQueue(group.next(), source);
    LeaseDesk desk = new LeaseDesk(group, source, options, ticker, counters, hostPorts);
    Subscription gone = source.onGone(desk::gone);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .handler(new AcceptFaults())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(new PortInitializer(hostPorts, options, counters, queue, desk))
            .bind(wanted)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      gone.close();
      group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
      throw new StartException(
          "%s cannot be bound: %s".formatted(uri, bound.cause().getMessage()), bound.cause());
    }
    Channel server = bound.channel();
    URI address = BindAddress.uri(uri.getScheme(), (InetSocketAddress) server.localAddress());
    log.info("tokens are served at {}", address);
    return new TokenPort(group, server, queue, desk, gone, counters, address);
  }

  @Override
  public URI address() {
    return address;
  }

  /** What there is to tell of it. */
  PortCounters counters() {
    return counters;
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    gone.close();
    queue.close();
    server.close();
    desk.close();
    boolean mayWait = true;
    for (EventExecutor loop : group) {
      mayWait &= !loop.inEventLoop();
    }
    Future<?> ended = group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    if (mayWait) {
      ended.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
