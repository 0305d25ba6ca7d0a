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

/** How the channels of tunnels are made and set up. */
final class NioSockets {

  /** Few large reads cost the least; a connection of few bytes never grows to them. */
  private static final RecvByteBufAllocator READS =
      new AdaptiveRecvByteBufAllocator(512, 2048, 256 * 1024);

  /** A side is not read further while more than this waits to be written to the other. */
  private static final WriteBufferWaterMark PENDING =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private NioSockets() {}

  /**
   * A socket to connect to an address by.
   *
   * @throws ChannelException if the system has none left
   * @throws UnsupportedOperationException if there is no IPv6 here
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
   * Sets up a side of a tunnel: each read is asked for, a FIN ends one direction alone, and a
   * failed write leaves what was received to be read.
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
