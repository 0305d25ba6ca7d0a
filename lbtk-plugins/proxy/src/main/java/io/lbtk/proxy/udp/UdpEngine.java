package io.lbtk.proxy.udp;

import io.lbtk.api.StartException;
import io.lbtk.net.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates UDP sockets and waits for their datagrams. Netty's datagram channels are not used: on NIO
 * they cannot send empty datagrams, and on epoll a connected one cannot receive them.
 */
public interface UdpEngine {

  /** The requested size of the receive buffer in bytes; the system may grant less. */
  int RECEIVE_BUFFER = 4 * 1024 * 1024;

  /** The longest datagram of IPv4 and IPv6, in bytes. */
  int LONGEST_DATAGRAM = 65_535;

  /** Returns the best engine that is available. */
  static UdpEngine best() {
    return Epoll.isAvailable() ? epoll() : nio();
  }

  /**
   * Returns the engine of Linux.
   *
   * @throws UnsatisfiedLinkError if it cannot run here
   */
  static UdpEngine epoll() {
    return new EpollUdpEngine();
  }

  /** Returns the engine that runs on all platforms. */
  static UdpEngine nio() {
    return new NioUdpEngine();
  }

  /** Returns the I/O handlers of event loops. */
  IoHandlerFactory ioHandlers();

  /** Returns whether several sockets can share a port, each with a part of the clients. */
  boolean sharesPorts();

  /**
   * Returns a bound socket.
   *
   * @param listen the address from which {@code address} was resolved
   * @param shared whether other sockets of this process may be bound to the same address
   * @throws ChannelException if the system has no socket left
   */
  UdpSocket bind(ListenAddress listen, InetSocketAddress address, boolean shared)
      throws IOException;

  /**
   * Returns sockets for clients, all on one address: the wanted number, or one if the engine cannot
   * share ports. Looks up a name, which may block.
   *
   * @param who the part that the sockets belong to, for errors: {@code proxy.front}
   * @throws StartException if the address cannot be bound; no socket is left open then
   */
  default List<UdpSocket> bindAll(String who, ListenAddress listen, int wanted) {
    List<UdpSocket> bound = new ArrayList<>();
    InetSocketAddress at = listen.resolve(who);
    int count = sharesPorts() ? wanted : 1;
    boolean shared = count > 1;
    try {
      if (shared) {
        // A shared bind could succeed on a port that belongs to another process.
        UdpSocket alone = bind(listen, at, false);
        at = alone.localAddress();
        alone.close();
      }
      for (int i = 0; i < count; i++) {
        bound.add(bind(listen, at, shared));
      }
      return bound;
    } catch (IOException | ChannelException e) {
      bound.forEach(UdpSocket::close);
      throw listen.cannotListen(who, e);
    }
  }

  /**
   * Returns a connected socket, which receives only from its target and is notified by the system
   * if the port of the target is closed.
   *
   * @throws IOException if there is no route to the address
   * @throws ChannelException if the system has no socket or no local port left
   */
  UdpSocket connect(InetSocketAddress address) throws IOException;
}
