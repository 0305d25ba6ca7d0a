package io.lbtk.proxy.echo;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;

/**
 * Echoes one connection: each read is asked for once what came before it has room, so that little
 * is held for a client that does not read.
 */
final class EchoHandler extends ChannelInboundHandlerAdapter {

  private final Greeting greeting;
  private boolean progress;
  private boolean paused;

  EchoHandler(Greeting greeting) {
    this.greeting = greeting;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    InetSocketAddress local = (InetSocketAddress) context.channel().localAddress();
    context.writeAndFlush(greeting.line(context.alloc(), local), context.voidPromise());
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    progress = true;
    context.write(message, context.voidPromise());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (progress) {
      progress = false;
      context.flush();
      resumeReading(context);
    }
  }

  private void resumeReading(ChannelHandlerContext context) {
    paused = !context.channel().isWritable();
    if (!paused) {
      context.read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (paused) {
      resumeReading(context);
    }
  }

  /** The client has sent all: it gets the rest, then the end. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
