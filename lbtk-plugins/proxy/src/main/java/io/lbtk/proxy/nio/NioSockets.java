package io.lbtk.proxy.nio;

import io.lbtk.net.NoSelfConnection;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;

/** Creates and configures the channels of tunnels. */
final class NioSockets {

  /** Few large reads are the cheapest; a connection with little input never grows to them. */
  private static final RecvByteBufAllocator READS =
      new AdaptiveRecvByteBufAllocator(512, 2048, 256 * 1024);

  /** The amount of unwritten data above which the other side is not read. */
  private static final WriteBufferWaterMark PENDING =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private NioSockets() {}

  /**
   * Opens a socket for a connection to an address.
   *
   * @throws ChannelException if the system has no socket left
   * @throws UnsupportedOperationException if the system has no IPv6
   */
  static SocketChannel open(InetSocketAddress address) {
    StandardProtocolFamily family =
        address.getAddress() instanceof Inet4Address
            ? StandardProtocolFamily.INET
            : StandardProtocolFamily.INET6;
    NioSocketChannel channel;
    try {
      channel = new NioSocketChannel(java.nio.channels.SocketChannel.open(family));
    } catch (IOException e) {
      throw new ChannelException(e.getMessage(), e);
    }
    channel.pipeline().addLast(new NoSelfConnection());
    try {
      return prepare(channel);
    } catch (ChannelException e) {
      channel.unsafe().closeForcibly();
      throw e;
    }
  }

  /**
   * Configures a channel of a tunnel: reads are requested one by one, a FIN ends only one
   * direction, and a failed write leaves received data readable.
   */
  static SocketChannel prepare(SocketChannel channel) {
    SocketChannelConfig config = channel.config();
    config.setAutoRead(false);
    config.setAutoClose(false);
    config.setAllowHalfClosure(true);
    config.setConnectTimeoutMillis(0);
    config.setRecvByteBufAllocator(READS);
    config.setWriteBufferWaterMark(PENDING);
    config.setKeepAlive(true);
    return channel;
  }
}
