package io.lbtk.net;

import io.lbtk.api.StartException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket that listens. What it accepts is not registered with any loop yet: that is up to whoever
 * takes it. When the system has no file descriptor left it waits and goes on by itself.
 */
public final class Listener implements AutoCloseable {

  private static final int BACKLOG = 4096;

  private final NioServerSocketChannel channel;

  private Listener(NioServerSocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Binds and begins to accept. Blocks until the address is bound, so it must not be called by a
   * loop.
   *
   * @param who whose listener it is, for the log and for errors: {@code proxy.front}
   * @param loop accepts
   * @param accepted takes each connection, on the loop
   * @throws StartException if it cannot be bound; the message names the address
   */
  public static Listener bind(
      String who, ListenAddress address, EventLoop loop, Consumer<SocketChannel> accepted) {
    InetSocketAddress resolved = address.resolve(who);
    NioServerSocketChannel channel =
        address.isIpV4()
            ? new NioServerSocketChannel(SelectorProvider.provider(), SocketProtocolFamily.INET)
            : new NioServerSocketChannel();
    channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
    // One at a time, so that whoever takes them can say when it is enough: as many system calls.
    channel
        .config()
        .<MaxMessagesRecvByteBufAllocator>getRecvByteBufAllocator()
        .maxMessagesPerRead(1);
    channel.pipeline().addLast(new Acceptor(who, address, accepted));
    ChannelFuture bound = loop.register(channel);
    bound = bound.awaitUninterruptibly();
    if (bound.isSuccess()) {
      bound = channel.bind(resolved).awaitUninterruptibly();
    }
    Throwable cause = bound.cause();
    if (cause != null) {
      channel.close().awaitUninterruptibly();
      throw address.cannotListen(who, cause);
    }
    return new Listener(channel);
  }

  /** Where it listens, with the real port. */
  public InetSocketAddress address() {
    return channel.localAddress();
  }

  /** Stops accepting; completes when the socket is closed. A second call returns the same. */
  public CompletableFuture<@Nullable Void> closed() {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    channel.close().addListener(future -> done.complete(null));
    return done;
  }

  /** Stops accepting, and waits for it unless the caller is a loop. A second call does nothing. */
  @Override
  public void close() {
    ChannelFuture closed = channel.close();
    if (!channel.eventLoop().inEventLoop()) {
      closed.awaitUninterruptibly();
    }
  }
}
