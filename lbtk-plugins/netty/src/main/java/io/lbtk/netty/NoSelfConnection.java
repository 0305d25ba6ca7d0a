package io.lbtk.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import java.net.ConnectException;
import java.net.SocketAddress;

/**
 * Refuses a connection of a socket to itself. Where nobody listens, at a port of those that the
 * system gives to connecting sockets, it gives that very port in the end to one that connects to
 * it, and TCP then joins the socket to itself. It would hear what it says, and nobody else could
 * listen there, even for a minute after its end.
 */
public final class NoSelfConnection extends ChannelDuplexHandler {

  private boolean refused;

  /** For one channel, which connects. */
  public NoSelfConnection() {}

  @Override
  public void connect(
      ChannelHandlerContext ctx,
      SocketAddress remote,
      SocketAddress local,
      ChannelPromise promise) {
    ChannelPromise connected = ctx.newPromise();
    connected.addListener(
        future -> {
          if (!future.isSuccess()) {
            promise.tryFailure(future.cause());
          } else if (isJoinedToItself(ctx)) {
            refuse(ctx, remote, promise);
          } else {
            promise.trySuccess();
          }
        });
    ctx.connect(remote, local, connected);
  }

  private static boolean isJoinedToItself(ChannelHandlerContext ctx) {
    SocketAddress local = ctx.channel().localAddress();
    return local != null && local.equals(ctx.channel().remoteAddress());
  }

  private void refuse(ChannelHandlerContext ctx, SocketAddress remote, ChannelPromise promise) {
    refused = true;
    // By RST: else the port would stay taken by what remains of the connection.
    ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    ctx.close();
    promise.tryFailure(new ConnectException("Connection refused: " + remote));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!refused) {
      ctx.fireChannelActive();
    }
  }
}
