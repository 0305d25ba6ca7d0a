package io.lbtk.netty.proxy;

import io.lbtk.netty.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * One way to make sockets for datagrams and to wait for them. Netty's own channels for datagrams
 * are not used: on NIO they send no empty ones, and on epoll they receive none of a connected
 * socket.
 */
interface UdpEngine {

  /** What is asked of the system for what waits to be received; it may give less. */
  int RECEIVE_BUFFER = 4 * 1024 * 1024;

  /** The best one here. */
  static UdpEngine best() {
    return Epoll.isAvailable() ? new EpollUdpEngine() : new NioUdpEngine();
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
   * A socket that is connected: it receives from its target alone, and the system tells it when the
   * target has nobody at that port.
   *
   * @throws IOException if there is no way to the address
   * @throws ChannelException if the system has no socket left, or no port of our own
   */
  UdpSocket connect(InetSocketAddress address) throws IOException;
}
