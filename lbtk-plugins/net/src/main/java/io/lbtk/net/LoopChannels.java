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
 * The kinds of channel that can live on an event loop: they go by what the loop waits by.
 *
 * @param socket of a connection
 * @param datagram of queries to name servers
 */
public record LoopChannels(
    Class<? extends SocketChannel> socket, Class<? extends DatagramChannel> datagram) {

  private static final LoopChannels NIO =
      new LoopChannels(NioSocketChannel.class, NioDatagramChannel.class);

  /** Those of a loop; null for an executor that is no loop, or one that none of these fit. */
  public static @Nullable LoopChannels of(Executor executor) {
    if (!(executor instanceof IoEventLoop loop)) {
      return null;
    }
    if (loop.isCompatible(NioIoHandle.class)) {
      return NIO;
    }
    // Not in a constant: these classes bring their native library with them.
    return loop.isCompatible(EpollIoHandle.class)
        ? new LoopChannels(EpollSocketChannel.class, EpollDatagramChannel.class)
        : null;
  }

  /**
   * Those of a loop of this project's, which always has some.
   *
   * @throws IllegalArgumentException if none fit
   */
  public static LoopChannels ofLoop(EventLoop loop) {
    LoopChannels channels = of(loop);
    if (channels == null) {
      throw new IllegalArgumentException(loop + " (expected: a loop on NIO or epoll)");
    }
    return channels;
  }
}
