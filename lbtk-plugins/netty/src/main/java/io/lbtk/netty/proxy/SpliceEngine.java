package io.lbtk.netty.proxy;

import io.lbtk.api.StartException;
import io.lbtk.netty.ListenAddress;
import io.lbtk.netty.splice.ListeningSockets;
import io.lbtk.netty.splice.PipeSize;
import io.lbtk.netty.splice.SocketAcceptor;
import io.lbtk.netty.splice.Splicing;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.LinuxSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Tunnels on plain sockets of Linux and Netty's epoll loops, without a channel for each: see {@link
 * SpliceEnd}. Each loop has a listening socket of its own (SO_REUSEPORT), so that a connection
 * crosses no thread from the first packet to the last.
 */
final class SpliceEngine implements TunnelEngine {

  private final PipeSize pipeSize = PipeSize.find();

  private SpliceEngine() {}

  /**
   * The engine.
   *
   * @throws StartException if it cannot run here
   */
  static SpliceEngine create() {
    Splicing.ensureAvailable("tcp-splice", "tcp-nio");
    return new SpliceEngine();
  }

  @Override
  public IoHandlerFactory ioHandlers() {
    return EpollIoHandler.newFactory();
  }

  @Override
  public boolean hasUserTimeout() {
    return true;
  }

  @Override
  public Connector connector(EventLoop loop, TunnelSettings settings) {
    return new SpliceLoop((IoEventLoop) loop, pipeSize, settings.userTimeoutMillis());
  }

  @Override
  public Entrance open(String who, ListenAddress address, List<ProxyLoop> loops) {
    List<LinuxSocket> sockets = ListeningSockets.open(who, address, loops.size());
    List<SocketAcceptor> acceptors = new ArrayList<>();
    for (int i = 0; i < loops.size(); i++) {
      ProxyLoop loop = loops.get(i);
      SpliceLoop connector = (SpliceLoop) loop.connector();
      SocketAcceptor acceptor =
          new SocketAcceptor(
              who,
              address,
              new SpliceReception(loop, connector),
              connector.sockets(),
              sockets.get(i));
      acceptors.add(acceptor);
      loop.executor().execute(acceptor::start);
    }
    return new SpliceEntrance(sockets.get(0).localAddress(), loops, acceptors);
  }

  private record SpliceEntrance(
      InetSocketAddress address, List<ProxyLoop> loops, List<SocketAcceptor> acceptors)
      implements Entrance {

    @Override
    public CompletableFuture<@Nullable Void> closed() {
      List<CompletableFuture<@Nullable Void>> stops = new ArrayList<>();
      for (int i = 0; i < loops.size(); i++) {
        SocketAcceptor acceptor = acceptors.get(i);
        CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
        stops.add(stopped);
        loops.get(i).run(() -> acceptor.stop(stopped), () -> stopped.complete(null));
      }
      return CompletableFuture.allOf(stops.toArray(new CompletableFuture<?>[0]));
    }

    @Override
    public void close() {
      CompletableFuture<@Nullable Void> closed = closed();
      if (loops.stream().noneMatch(loop -> loop.executor().inEventLoop())) {
        closed.join();
      }
    }
  }
}
