package io.lbtk.netty.echo;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** Echoes one connection. It reads no further while the client does not read. */
final class EchoHandler extends ChannelInboundHandlerAdapter {

  private boolean inputEnded;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    context.write(message, context.voidPromise());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
    readWhileWritable(context);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    readWhileWritable(context);
  }

  private void readWhileWritable(ChannelHandlerContext context) {
    context.channel().config().setAutoRead(!inputEnded && context.channel().isWritable());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      inputEnded = true;
      context.channel().config().setAutoRead(false);
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
