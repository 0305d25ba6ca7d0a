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
 * One way to make sockets for datagrams and to wait for them. Netty's own channels for datagrams
 * are not used: on NIO they send no empty ones, and on epoll they receive none of a connected
 * socket.
 */
public interface UdpEngine {

  /** What is asked of the system for what waits to be received; it may give less. */
  int RECEIVE_BUFFER = 4 * 1024 * 1024;

  /** The longest datagram that IPv4 and IPv6 have, in bytes. */
  int LONGEST_DATAGRAM = 65_535;

  /** The best one here. */
  static UdpEngine best() {
    return Epoll.isAvailable() ? epoll() : nio();
  }

  /**
   * Plain sockets of Linux on Netty's epoll loops.
   *
   * @throws UnsatisfiedLinkError if it cannot run here
   */
  static UdpEngine epoll() {
    return new EpollUdpEngine();
  }

  /** Channels of the JDK on Netty's NIO loops, which run wherever Java does. */
  static UdpEngine nio() {
    return new NioUdpEngine();
  }

  /** What loops wait by. */
  IoHandlerFactory ioHandlers();

  /** Whether several sockets can share a port, each with its part of the clients. */
  boolean sharesPorts();

  /**
   * A socket that is bound.
   *
   * @param listen what {@code address} was found by
   * @param shared whether others of this process may be bound to the same address
   * @throws ChannelException if the system has no socket left
   */
  UdpSocket bind(ListenAddress listen, InetSocketAddress address, boolean shared)
      throws IOException;

  /**
   * Sockets that clients send to, all on one address: as many as are wanted, or one where the
   * engine shares no ports. A name is looked up: this may block.
   *
   * @param who whose sockets they are, for errors: {@code proxy.front}
   * @throws StartException if the address cannot be bound; then none is left open
   */
  default List<UdpSocket> bindAll(String who, ListenAddress listen, int wanted) {
    List<UdpSocket> bound = new ArrayList<>();
    InetSocketAddress at = listen.resolve(who);
    int count = sharesPorts() ? wanted : 1;
    boolean shared = count > 1;
    try {
      if (shared) {
        // Bound in a way that can be shared, the port might be one of somebody else already.
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
   * A socket that is connected: it receives from its target alone, and the system tells it when the
   * target has nobody at that port.
   *
   * @throws IOException if there is no way to the address
   * @throws ChannelException if the system has no socket left, or no port of our own
   */
  UdpSocket connect(InetSocketAddress address) throws IOException;
}
