package io.lbtk.netty.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * One side of a tunnel: what its channel reads is written to the other side. It needs no
 * synchronisation, since both sides are on one event loop.
 *
 * <p>Reading stops while the other side cannot be written to, so that little is held in memory. The
 * other side is told of the end of input after everything before it was written.
 */
final class RelayHandler extends ChannelInboundHandlerAdapter {

  private final Tunnel tunnel;
  private final SocketChannel channel;
  private RelayHandler other = this;
  private long bytesRead;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean outputBroken;

  RelayHandler(Tunnel tunnel, SocketChannel channel) {
    this.tunnel = tunnel;
    this.channel = channel;
  }

  /** Makes two sides one tunnel, and begins to read on both. */
  static void join(RelayHandler one, RelayHandler two) {
    one.other = two;
    two.other = one;
    one.readIfWanted();
    two.readIfWanted();
  }

  Channel channel() {
    return channel;
  }

  /** Bytes that came from this side. */
  long bytesRead() {
    return bytesRead;
  }

  /** Whether this side has sent all that it had, and was told that the other one has. */
  boolean isOver() {
    return inputEnded && outputEnded;
  }

  private void readIfWanted() {
    channel.config().setAutoRead(!inputEnded && other.channel.isWritable() && !other.outputBroken);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    int count = ((ByteBuf) message).readableBytes();
    bytesRead += count;
    tunnel.moved();
    if (other.outputBroken || other.outputEnded) {
      ReferenceCountUtil.release(message);
    } else {
      other.channel.write(message, other.channel.voidPromise());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    other.channel.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    tunnel.moved();
    other.readIfWanted();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && !inputEnded) {
      inputEnded = true;
      // Else the loop would go on seeing the end of input.
      channel.config().setAutoRead(false);
      other.endOutput();
      tunnel.halfClosed();
    }
  }

  /** Sends the end of input on, once everything before it is written. */
  private void endOutput() {
    if (outputBroken || outputEnded) {
      tunnel.checkOver();
      return;
    }
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              if (written.isSuccess()) {
                channel.shutdownOutput();
              }
              outputEnded = true;
              tunnel.checkOver();
            });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    boolean writeFailed = channel.isActive() && channel.isOutputShutdown();
    if (writeFailed && !inputEnded && !outputBroken) {
      // This side takes no more, but what it sent before may still be there to be read.
      outputBroken = true;
      other.channel.config().setAutoRead(false);
      readIfWanted();
    } else if (!outputBroken || !writeFailed) {
      tunnel.broken(this);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!isOver()) {
      tunnel.broken(this);
    }
  }

  /** Closes by a reset, once everything read from the other side is written. */
  void resetAfterFlush() {
    if (!channel.isActive() || outputBroken || outputEnded) {
      reset();
    } else {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> reset());
    }
  }

  private void reset() {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
  }
}
