package io.lbtk.proxy.nio;

import io.lbtk.net.Listener;
import io.lbtk.net.tls.Tls;
import io.lbtk.proxy.tcp.Attempt;
import io.lbtk.proxy.tcp.Listening;
import io.lbtk.proxy.tcp.ProxyLoop;
import io.lbtk.proxy.tcp.Tunnel;
import io.lbtk.proxy.tcp.TunnelEnd;
import io.lbtk.proxy.tcp.TunnelEngine;
import io.lbtk.proxy.tcp.TunnelSettings;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine on Netty's NIO channels, which run on every platform. */
public final class NioEngine implements TunnelEngine {

  private static final Logger log = LoggerFactory.getLogger(NioEngine.class);

  private final @Nullable Tls tls;

  /** Creates an engine that relays bytes unchanged, without TLS of its own. */
  public NioEngine() {
    this(null);
  }

  private NioEngine(@Nullable Tls tls) {
    this.tls = tls;
  }

  @Override
  public TunnelEngine with(Tls added, String who) {
    return new NioEngine(added);
  }

  @Override
  public IoHandlerFactory ioHandlers() {
    return NioIoHandler.newFactory();
  }

  @Override
  public boolean isOnPlainSockets() {
    return false;
  }

  @Override
  public Connector connector(EventLoop loop, TunnelSettings settings) {
    return (tunnel, address, attempt) -> connect(loop, tunnel, address, attempt);
  }

  private TunnelEnd connect(
      EventLoop loop, Tunnel tunnel, InetSocketAddress address, Attempt attempt) {
    SocketChannel channel = NioSockets.open(address);
    NioTunnelEnd end =
        tls != null && tls.isWithTargets()
            ? new TlsTunnelEnd(tunnel, channel, tls)
            : new NioTunnelEnd(tunnel, channel);
    ChannelFuture registered = loop.register(channel);
    if (registered.isDone() && !registered.isSuccess()) {
      throw new ChannelException(registered.cause());
    }
    ChannelFuture connecting = channel.connect(address);
    if (connecting.isDone()) {
      loop.execute(() -> connected(attempt, end, connecting));
    } else {
      connecting.addListener(future -> connected(attempt, end, future));
    }
    return end;
  }

  private void connected(Attempt attempt, NioTunnelEnd end, Future<? super Void> connecting) {
    if (!connecting.isSuccess()) {
      attempt.failed(end, connecting.cause());
    } else if (end instanceof TlsTunnelEnd secure) {
      new TargetHandshake(attempt, secure).begin();
    } else {
      attempt.connected(end);
    }
  }

  /** Accepts on one loop, which distributes connections to all loops in turn. */
  @Override
  public Acceptor open(String who, Listening listening, List<ProxyLoop> loops) {
    Turns turns = new Turns(loops);
    Listener listener =
        Listener.bind(
            who, listening.address(), loops.get(0).executor(), channel -> accept(channel, turns));
    if (tls != null) {
      tls.start();
    }
    return new NioEntrance(listener, tls);
  }

  private TunnelEnd newClient(Tunnel tunnel, SocketChannel channel) {
    return tls != null && tls.isWithClients()
        ? new TlsTunnelEnd(tunnel, channel, tls)
        : new NioTunnelEnd(tunnel, channel);
  }

  private void accept(SocketChannel channel, Turns turns) {
    ProxyLoop loop = turns.next();
    try {
      NioSockets.prepare(channel);
    } catch (ChannelException e) {
      // Some systems reject socket options after the client has closed the connection.
      log.debug("{}: {}", loop.name(), e.toString());
      channel.unsafe().closeForcibly();
      return;
    }
    count(loop, channel.parent());
    Tunnel tunnel = new Tunnel(loop, made -> newClient(made, channel));
    loop.executor()
        .register(channel)
        .addListener(
            registered -> {
              if (registered.isSuccess()) {
                tunnel.begin();
              } else {
                // The loop has ended, and Netty has closed the socket.
                loop.giveBack();
              }
            });
  }

  /** Counts a connection, and pauses accepting while a limit is reached. */
  private static void count(ProxyLoop loop, ServerSocketChannel entrance) {
    boolean more = loop.count();
    long rest = loop.accepted(System.nanoTime());
    if (!more) {
      entrance.config().setAutoRead(false);
      loop.whenRoom(() -> entrance.config().setAutoRead(true));
    } else if (rest > 0) {
      entrance.config().setAutoRead(false);
      var unused =
          entrance
              .eventLoop()
              .schedule(() -> entrance.config().setAutoRead(true), rest, TimeUnit.NANOSECONDS);
    }
  }

  /** Distributes connections to the loops; confined to the loop that accepts. */
  private static final class Turns {

    private final List<ProxyLoop> loops;
    private int next;

    Turns(List<ProxyLoop> loops) {
      this.loops = loops;
    }

    ProxyLoop next() {
      ProxyLoop loop = loops.get(next);
      next = next + 1 == loops.size() ? 0 : next + 1;
      return loop;
    }
  }

  private record NioEntrance(Listener listener, @Nullable Tls tls) implements Acceptor {

    @Override
    public InetSocketAddress address() {
      return listener.address();
    }

    @Override
    public CompletableFuture<@Nullable Void> closed() {
      return listener.closed();
    }

    @Override
    public void close() {
      listener.close();
      if (tls != null) {
        tls.close();
      }
    }
  }
}
