package io.lbtk.net;

import io.lbtk.api.StartException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening socket. Accepted channels are not registered with an event loop: that is up to the
 * consumer. When the system runs out of file descriptors, accepting pauses and resumes by itself.
 */
public final class Listener implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Listener.class);
  private static final int BACKLOG = 4096;

  private final NioServerSocketChannel channel;

  private Listener(NioServerSocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Binds the address and starts to accept. Blocks until the address is bound, so it must not be
   * called on an event loop.
   *
   * @param who the owner of the listener for the log and for errors, such as {@code proxy.front}
   * @param address the address to bind
   * @param loop the event loop that accepts
   * @param accepted the consumer of accepted channels, called on the loop
   * @throws StartException if the address cannot be bound; the message names it
   */
  public static Listener bind(
      String who, ListenAddress address, EventLoop loop, Consumer<SocketChannel> accepted) {
    InetSocketAddress resolved = address.resolve(who);
    NioServerSocketChannel channel =
        address.isIpV4()
            ? new NioServerSocketChannel(SelectorProvider.provider(), SocketProtocolFamily.INET)
            : new NioServerSocketChannel();
    channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
    // One accept per read: the consumer may stop accepting after any connection. The number of
    // system calls is the same.
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

  /** Returns the bound address, with the actual port. */
  public InetSocketAddress address() {
    return channel.localAddress();
  }

  /**
   * Stops accepting. A second call does nothing more.
   *
   * @return a future that completes when the socket is closed
   */
  public CompletableFuture<@Nullable Void> closed() {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    channel.close().addListener(future -> done.complete(null));
    return done;
  }

  /**
   * Stops accepting, and waits until the socket is closed unless called on the loop. A second call
   * does nothing.
   */
  @Override
  public void close() {
    ChannelFuture closed = channel.close();
    if (!channel.eventLoop().inEventLoop()) {
      closed.awaitUninterruptibly();
    }
  }

  /** Passes accepted channels on, and pauses while accepting fails. */
  private static final class Acceptor extends ChannelInboundHandlerAdapter {

    private static final long PAUSE_MILLIS = 100;

    /** At the limit of descriptors, failure and success alternate: that is logged once. */
    private static final long QUIET_NANOS = 5_000_000_000L;

    private final String who;
    private final ListenAddress address;
    private final Consumer<SocketChannel> accepted;
    private boolean failing;
    private long latestFailure;

    Acceptor(String who, ListenAddress address, Consumer<SocketChannel> accepted) {
      this.who = who;
      this.address = address;
      this.accepted = accepted;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (failing && System.nanoTime() - latestFailure > QUIET_NANOS) {
        failing = false;
        log.info("{} accepts connections on {} again", who, address);
      }
      accepted.accept((SocketChannel) message);
    }

    /**
     * Mostly because of file descriptors: connections wait in the backlog until some are closed.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      latestFailure = System.nanoTime();
      if (!failing) {
        failing = true;
        log.warn(
            "{} cannot accept connections on {}: {}; retrying every {} ms",
            who,
            address,
            FailureText.of(cause),
            PAUSE_MILLIS);
      }
      if (ctx.channel().isOpen() && ctx.channel().config().isAutoRead()) {
        ctx.channel().config().setAutoRead(false);
        var unused =
            ctx.executor()
                .schedule(
                    () -> ctx.channel().config().setAutoRead(true),
                    PAUSE_MILLIS,
                    TimeUnit.MILLISECONDS);
      }
    }
  }
}
