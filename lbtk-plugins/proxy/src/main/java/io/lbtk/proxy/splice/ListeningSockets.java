package io.lbtk.proxy.splice;

import io.lbtk.api.StartException;
import io.lbtk.net.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates the sockets that listen on one address; the kernel distributes connections to them. */
public final class ListeningSockets {

  private static final int BACKLOG = 4096;

  private ListeningSockets() {}

  /**
   * Returns the activated sockets of this process for the address, or else binds new ones. Accepted
   * connections have TCP_NODELAY and keepalive. Resolves a host name, so this may block.
   *
   * @param who the component that listens, for errors: {@code proxy.front}
   * @param count the number of loops that will accept; each gets a socket by SO_REUSEPORT
   * @param reusePort whether other processes of this user may listen on the address, too
   * @return a list with at least one entry per loop, in which a socket may occur several times; the
   *     caller releases each entry
   * @throws StartException if the address cannot be bound; no socket is left open then
   */
  public static List<ListeningSocket> open(
      String who, ListenAddress address, int count, boolean reusePort) {
    InetSocketAddress at = address.resolve(who);
    List<Socket> sockets = ActivatedSockets.ofThisProcess().take(who, at);
    if (sockets.isEmpty()) {
      sockets = bind(who, address, at, count, reusePort);
    }
    return ListeningSocket.deal(sockets, count);
  }

  private static List<Socket> bind(
      String who, ListenAddress address, InetSocketAddress resolved, int count, boolean reusePort) {
    List<Socket> sockets = new ArrayList<>();
    try {
      InetSocketAddress at = resolved;
      boolean ipV6 = !address.isIpV4() && Socket.isIPv6Preferred();
      boolean shared = count > 1 || reusePort;
      if (shared && !reusePort && at.getPort() != 0) {
        // With SO_REUSEPORT another process could bind the same port and get half of the
        // connections.
        bind(at, ipV6, false).close();
      }
      for (int i = 0; i < count; i++) {
        LinuxSocket socket = bind(at, ipV6, shared);
        sockets.add(socket);
        at = socket.localAddress();
      }
      for (Socket socket : sockets) {
        socket.listen(BACKLOG);
      }
      return sockets;
    } catch (IOException | ChannelException e) {
      sockets.forEach(ListeningSockets::close);
      throw address.cannotListen(who, e);
    }
  }

  /** Binds a socket, whose options are inherited by accepted connections. */
  private static LinuxSocket bind(InetSocketAddress address, boolean ipV6, boolean shared)
      throws IOException {
    LinuxSocket socket = LinuxSocket.newSocketStream(ipV6);
    try {
      socket.setReuseAddress(true);
      socket.setReusePort(shared);
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.bind(address);
      return socket;
    } catch (IOException e) {
      close(socket);
      throw e;
    }
  }

  static void close(Socket socket) {
    new ListeningSocket(socket, 1).release();
  }

  /** Returns whether a socket of any family listens on an address. */
  static boolean isOn(Socket socket, InetSocketAddress address) {
    InetSocketAddress bound = localAddress(socket);
    return bound != null
        && bound.getPort() == address.getPort()
        && (bound.getAddress().equals(address.getAddress())
            || (bound.getAddress().isAnyLocalAddress()
                && address.getAddress().isAnyLocalAddress()));
  }

  private static @Nullable InetSocketAddress localAddress(Socket socket) {
    try {
      return socket.localAddress();
    } catch (RuntimeException e) {
      // Not an IP socket.
      return null;
    }
  }
}
