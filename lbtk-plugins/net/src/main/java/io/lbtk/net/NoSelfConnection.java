package io.lbtk.net;

import io.lbtk.core.net.SelfConnection;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import java.net.ConnectException;
import java.net.SocketAddress;

/** Rejects a TCP self-connection and resets it; see {@link SelfConnection}. */
public final class NoSelfConnection extends ChannelDuplexHandler {

  private boolean refused;

  /** Creates the handler of one outgoing channel. */
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
          } else if (SelfConnection.is(
              ctx.channel().localAddress(), ctx.channel().remoteAddress())) {
            refuse(ctx, remote, promise);
          } else {
            promise.trySuccess();
          }
        });
    ctx.connect(remote, local, connected);
  }

  private void refuse(ChannelHandlerContext ctx, SocketAddress remote, ChannelPromise promise) {
    refused = true;
    // Reset rather than FIN: the port must not linger in TIME_WAIT.
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
