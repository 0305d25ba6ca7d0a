package io.lbtk.proxy.udp;

import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A non-blocking UDP socket. Used by one event loop once it is registered.
 *
 * <p>Buffers are direct. Receiving fills a buffer from its start and leaves it ready to be read.
 * Sending sends the bytes between 0 and the limit, and leaves the buffer unchanged. A datagram may
 * be empty.
 */
public interface UdpSocket {

  /** Returns the address that the socket is bound to. */
  InetSocketAddress localAddress();

  /**
   * Begins to wait for datagrams; called once, on the loop.
   *
   * @param readable a task that is run while there may be datagrams to receive; must not throw
   * @return false if the loop accepts no sockets any more
   */
  boolean register(IoEventLoop loop, Runnable readable);

  /** Receives a datagram from any address, which is returned; null if there is none now. */
  @Nullable InetSocketAddress receiveFrom(ByteBuffer into) throws IOException;

  /**
   * Receives a datagram from the connected address; returns false if there is none now.
   *
   * @throws IOException if the peer has refused an earlier datagram
   */
  boolean receive(ByteBuffer into) throws IOException;

  /** Sends to an address; the datagram is lost if the system has no room for it. */
  void sendTo(ByteBuffer datagram, InetSocketAddress address) throws IOException;

  /**
   * Sends to the connected address; the datagram is lost if the system has no room for it.
   *
   * @throws java.net.PortUnreachableException if the peer has refused an earlier datagram; this one
   *     was not sent then
   */
  void send(ByteBuffer datagram) throws IOException;

  /** Closes the socket. A second call does nothing. */
  void close();
}
