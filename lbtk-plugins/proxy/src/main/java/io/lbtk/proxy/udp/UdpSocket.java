package io.lbtk.proxy.udp;

import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A socket for datagrams that never blocks. Used by one loop once it is registered.
 *
 * <p>Buffers are direct. What is received fills one from its start and leaves it ready to be read;
 * what is sent is what lies between 0 and the limit, and leaves it as it was. A datagram may be
 * empty.
 */
public interface UdpSocket {

  /** Where it is bound. */
  InetSocketAddress localAddress();

  /**
   * Begins to wait for datagrams; called once, on the loop.
   *
   * @param readable is run while there may be something to receive; throws nothing
   * @return false if the loop takes no sockets any more
   */
  boolean register(IoEventLoop loop, Runnable readable);

  /** Receives from anybody, and returns from whom; null if there is nothing for now. */
  @Nullable InetSocketAddress receiveFrom(ByteBuffer into) throws IOException;

  /**
   * Receives from the one that this is connected to; false if there is nothing for now.
   *
   * @throws IOException if the other refused what was sent before
   */
  boolean receive(ByteBuffer into) throws IOException;

  /** Sends to an address; the datagram is lost if the system has no room for it. */
  void sendTo(ByteBuffer datagram, InetSocketAddress address) throws IOException;

  /**
   * Sends to the one that this is connected to; the datagram is lost if the system has no room.
   *
   * @throws java.net.PortUnreachableException if the other refused what was sent before: then this
   *     one was not sent
   */
  void send(ByteBuffer datagram) throws IOException;

  /** Gives the socket back to the system. A second call does nothing. */
  void close();
}
