package io.lbtk.tokenport.client;

import io.lbtk.tokenport.zmtp.ZmtpHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One connection to a PUSH socket. */
final class PullSession extends ChannelInboundHandlerAdapter {

  private final PullTokenSource source;
  private @Nullable ChannelHandlerContext ctx;

  PullSession(PullTokenSource source) {
    this.source = source;
  }

  /** Whether to go on reading; what was read before still comes. */
  void reads(boolean on) {
    if (ctx != null && ctx.channel().config().isAutoRead() != on) {
      ctx.channel().config().setAutoRead(on);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ZmtpHandler.Ready ready) {
      this.ctx = ctx;
      source.connected(this, ready.standby());
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf body = (ByteBuf) message;
    String text = body.toString(StandardCharsets.UTF_8);
    body.release();
    source.message(text);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    source.disconnected(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    source.failing(ZmtpConnector.message(cause));
    ctx.close();
  }
}
