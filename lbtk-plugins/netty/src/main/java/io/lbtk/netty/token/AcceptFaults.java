package io.lbtk.netty.token;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When a connection cannot be accepted, mostly for want of files: tries again in a second. */
final class AcceptFaults extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(AcceptFaults.class);

  private boolean said;

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!said) {
      said = true;
      log.warn(
          "token port {}: a connection cannot be accepted: {}; tried again every second",
          ctx.channel().localAddress(),
          cause.getMessage());
    }
    ctx.channel().config().setAutoRead(false);
    ctx.executor().schedule(() -> ctx.channel().config().setAutoRead(true), 1, TimeUnit.SECONDS);
  }
}
