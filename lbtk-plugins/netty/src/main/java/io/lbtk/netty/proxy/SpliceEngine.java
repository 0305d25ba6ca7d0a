package io.lbtk.netty.proxy;

import io.lbtk.api.StartException;
import io.lbtk.netty.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
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

  private static final int BACKLOG = 4096;

  private final PipeSize pipeSize = PipeSize.find();

  private SpliceEngine() {}

  /**
   * The engine.
   *
   * @throws StartException if it cannot run here
   */
  static SpliceEngine create() {
    if (!Epoll.isAvailable()) {
      throw new StartException(
          "tcp-splice cannot run here: %s (expected: Linux on x86_64 or aarch64; use tcp-nio)"
              .formatted(reason(Epoll.unavailabilityCause())),
          Epoll.unavailabilityCause());
    }
    return new SpliceEngine();
  }

  private static String reason(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
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
    List<LinuxSocket> sockets = new ArrayList<>();
    try {
      InetSocketAddress at = address.resolve(who);
      boolean ipV6 = !address.isIpV4() && Socket.isIPv6Preferred();
      boolean shared = loops.size() > 1;
      int userTimeout = loops.get(0).settings().userTimeoutMillis();
      if (shared && at.getPort() != 0) {
        // With SO_REUSEPORT a second proxy could take the same port, and half of the connections.
        bind(at, ipV6, false, userTimeout).close();
      }
      for (int i = 0; i < loops.size(); i++) {
        LinuxSocket socket = bind(at, ipV6, shared, userTimeout);
        sockets.add(socket);
        at = socket.localAddress();
      }
      for (LinuxSocket socket : sockets) {
        socket.listen(BACKLOG);
      }
    } catch (IOException | ChannelException e) {
      sockets.forEach(SpliceEngine::close);
      throw address.cannotListen(who, e);
    }
    List<SpliceAcceptor> acceptors = new ArrayList<>();
    for (int i = 0; i < loops.size(); i++) {
      SpliceAcceptor acceptor = new SpliceAcceptor(who, address, loops.get(i), sockets.get(i));
      acceptors.add(acceptor);
      loops.get(i).executor().execute(acceptor::start);
    }
    return new SpliceEntrance(sockets.get(0).localAddress(), loops, acceptors);
  }

  /** A socket that is bound, and whose options those that it accepts inherit. */
  private static LinuxSocket bind(
      InetSocketAddress address, boolean ipV6, boolean shared, int userTimeoutMillis)
      throws IOException {
    LinuxSocket socket = LinuxSocket.newSocketStream(ipV6);
    try {
      socket.setReuseAddress(true);
      socket.setReusePort(shared);
      SpliceLoop.prepare(socket, userTimeoutMillis);
      socket.bind(address);
      return socket;
    } catch (IOException e) {
      close(socket);
      throw e;
    }
  }

  private static void close(LinuxSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  private record SpliceEntrance(
      InetSocketAddress address, List<ProxyLoop> loops, List<SpliceAcceptor> acceptors)
      implements Entrance {

    @Override
    public CompletableFuture<@Nullable Void> closed() {
      List<CompletableFuture<@Nullable Void>> stops = new ArrayList<>();
      for (int i = 0; i < loops.size(); i++) {
        SpliceAcceptor acceptor = acceptors.get(i);
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
