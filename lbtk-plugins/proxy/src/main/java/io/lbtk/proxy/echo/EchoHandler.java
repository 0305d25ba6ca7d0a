package io.lbtk.proxy.echo;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;

/**
 * Echoes a connection. It reads again once the outbound buffer has room, so that little is buffered
 * for a client that does not read.
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

  /** Sends the rest and then the end of the stream, after the client has ended its own. */
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
