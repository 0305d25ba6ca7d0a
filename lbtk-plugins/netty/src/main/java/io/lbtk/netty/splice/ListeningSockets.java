package io.lbtk.netty.splice;

import io.lbtk.api.StartException;
import io.lbtk.netty.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Sockets that listen on one address, one for each loop: the kernel deals connections to them. */
public final class ListeningSockets {

  private static final int BACKLOG = 4096;

  private ListeningSockets() {}

  /**
   * Binds and listens; SO_REUSEPORT lets several share the address. What they accept has
   * TCP_NODELAY and keepalive. A name is looked up: this may block.
   *
   * @param who whose they are, for errors: {@code proxy.front}
   * @return the caller's, who closes them
   * @throws StartException if the address cannot be bound; then none is left open
   */
  public static List<LinuxSocket> open(String who, ListenAddress address, int count) {
    List<LinuxSocket> sockets = new ArrayList<>();
    try {
      InetSocketAddress at = address.resolve(who);
      boolean ipV6 = !address.isIpV4() && Socket.isIPv6Preferred();
      boolean shared = count > 1;
      if (shared && at.getPort() != 0) {
        // With SO_REUSEPORT somebody else could take the same port, and half of the connections.
        bind(at, ipV6, false).close();
      }
      for (int i = 0; i < count; i++) {
        LinuxSocket socket = bind(at, ipV6, shared);
        sockets.add(socket);
        at = socket.localAddress();
      }
      for (LinuxSocket socket : sockets) {
        socket.listen(BACKLOG);
      }
      return sockets;
    } catch (IOException | ChannelException e) {
      close(sockets);
      throw address.cannotListen(who, e);
    }
  }

  /** A socket that is bound, and whose options those that it accepts inherit. */
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
      close(List.of(socket));
      throw e;
    }
  }

  /** Closes them all. */
  public static void close(List<LinuxSocket> sockets) {
    for (LinuxSocket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
  }
}
