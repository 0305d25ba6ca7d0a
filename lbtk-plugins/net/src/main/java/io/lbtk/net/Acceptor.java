package io.lbtk.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands on what a listening socket accepts, and rests while accepting fails. */
final class Acceptor extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(Acceptor.class);
  private static final long REST_MILLIS = 100;

  /** At the limit accepting fails and works in turn, which is one trouble and one line. */
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

  /** Mostly no file descriptor left: the connections wait in the backlog until some are closed. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    latestFailure = System.nanoTime();
    if (!failing) {
      failing = true;
      log.warn(
          "{} cannot accept connections on {}: {}; it tries again every {} ms",
          who,
          address,
          FailureText.of(cause),
          REST_MILLIS);
    }
    if (ctx.channel().isOpen() && ctx.channel().config().isAutoRead()) {
      ctx.channel().config().setAutoRead(false);
      var unused =
          ctx.executor()
              .schedule(
                  () -> ctx.channel().config().setAutoRead(true),
                  REST_MILLIS,
                  TimeUnit.MILLISECONDS);
    }
  }
}
