package io.lbtk.net;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The channel classes that match the I/O handler of an event loop.
 *
 * @param socket the class for connections
 * @param datagram the class for queries to name servers
 */
public record LoopChannels(
    Class<? extends SocketChannel> socket, Class<? extends DatagramChannel> datagram) {

  private static final LoopChannels NIO =
      new LoopChannels(NioSocketChannel.class, NioDatagramChannel.class);

  /**
   * Returns the channel classes of a loop, or null if the executor is not an event loop on NIO or
   * epoll.
   */
  public static @Nullable LoopChannels of(Executor executor) {
    if (!(executor instanceof IoEventLoop loop)) {
      return null;
    }
    if (loop.isCompatible(NioIoHandle.class)) {
      return NIO;
    }
    // Not a constant: loading these classes loads the native library.
    return loop.isCompatible(EpollIoHandle.class)
        ? new LoopChannels(EpollSocketChannel.class, EpollDatagramChannel.class)
        : null;
  }

  /**
   * Returns the channel classes of a loop that is known to run on NIO or epoll.
   *
   * @throws IllegalArgumentException if the loop runs on another transport
   */
  public static LoopChannels ofLoop(EventLoop loop) {
    LoopChannels channels = of(loop);
    if (channels == null) {
      throw new IllegalArgumentException(loop + " (expected: a loop on NIO or epoll)");
    }
    return channels;
  }
}
