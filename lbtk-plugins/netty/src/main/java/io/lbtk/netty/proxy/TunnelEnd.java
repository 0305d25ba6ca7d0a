package io.lbtk.netty.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side of a tunnel: what it receives is written to its peer, one read at a time, the next when
 * the peer has room.
 *
 * <p>Both ends live on one loop, so that nothing here is synchronized. The directions end on their
 * own: a FIN is passed on after all that came before it. A write that fails ends the direction to
 * this side alone; what this side sent before is still read and relayed.
 */
final class TunnelEnd extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(TunnelEnd.class);

  private final Tunnel tunnel;
  private final SocketChannel channel;
  private @Nullable TunnelEnd peer;

  /** What was received before there was a peer: one read at most. */
  private @Nullable ByteBuf early;

  private long relayed;
  private boolean progress;
  private boolean paused;
  private boolean inputDone;
  private boolean outputDone;
  private boolean outputBroken;
  private boolean reset;

  TunnelEnd(Tunnel tunnel, SocketChannel channel) {
    this.tunnel = tunnel;
    this.channel = channel;
  }

  SocketChannel channel() {
    return channel;
  }

  /** Bytes of this side that were handed to the other. */
  long relayed() {
    return relayed;
  }

  /** Whether this side will send no more. */
  boolean inputDone() {
    return inputDone;
  }

  /** Whether all that is to come went to this side, or cannot go there. */
  boolean outputDone() {
    return outputDone;
  }

  /** Whether this side takes nothing and sends nothing any more. */
  boolean isGone() {
    return inputDone && outputBroken;
  }

  /** Whether this side broke its connection rather than end it. */
  boolean wasReset() {
    return reset;
  }

  /** Whether something still waits to be written to this side. */
  boolean isBehind() {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    return pending != null && pending.totalPendingWriteBytes() > 0;
  }

  /** Begins to relay to the other side, what came early first. */
  void relayTo(TunnelEnd other) {
    peer = other;
    ByteBuf first = early;
    early = null;
    if (first != null) {
      relay(other, first);
      flush(other);
    } else {
      channel.read();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    tunnel.active(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    TunnelEnd other = peer;
    if (other != null) {
      progress = true;
      relay(other, bytes);
    } else if (early == null) {
      early = bytes;
    } else {
      // Cannot be: before there is a peer there is only one read.
      bytes.release();
      throw new IllegalStateException("a second read before the tunnel stands");
    }
  }

  private void relay(TunnelEnd other, ByteBuf bytes) {
    if (other.outputDone) {
      bytes.release();
    } else {
      relayed += bytes.readableBytes();
      other.channel.write(bytes, other.channel.voidPromise());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    TunnelEnd other = peer;
    if (progress && other != null) {
      progress = false;
      flush(other);
    }
  }

  /** Sends what was read, and asks for more if there is room. */
  private void flush(TunnelEnd other) {
    if (!other.outputDone) {
      tunnel.touch();
      other.channel.flush();
    }
    if (other.outputDone || other.channel.isWritable()) {
      channel.read();
    } else {
      paused = true;
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    TunnelEnd other = peer;
    if (other != null && channel.isWritable()) {
      tunnel.touch();
      other.resume();
    }
  }

  private void resume() {
    if (paused) {
      paused = false;
      channel.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      endInput(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (tunnel.isClosed()) {
      return;
    }
    if (cause instanceof ChannelOutputShutdownException) {
      endOutput(cause.getCause());
      return;
    }
    if (!(cause instanceof IOException)) {
      log.warn("{}: a tunnel ends because of {}", tunnel, cause.toString(), cause);
    }
    endInput(true);
  }

  /** Only where the channel was closed by none of us: the loop ends, or a key was cancelled. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    endInput(true);
  }

  /** This side sends no more: by FIN, or because the connection is broken. */
  private void endInput(boolean broken) {
    if (inputDone || tunnel.isClosed()) {
      return;
    }
    inputDone = true;
    reset |= broken;
    TunnelEnd other = peer;
    if (other == null) {
      tunnel.gone(this);
    } else {
      tunnel.touch();
      other.finish();
    }
  }

  /** Nothing more is to come from the peer: passes that on, after all that came before. */
  private void finish() {
    if (outputDone) {
      tunnel.advance();
    } else {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(future -> written());
    }
  }

  private void written() {
    TunnelEnd other = peer;
    if (outputDone || other == null || tunnel.isClosed()) {
      return;
    }
    tunnel.touch();
    outputDone = true;
    boolean last = inputDone && other.outputDone;
    if (!other.reset && !last) {
      ChannelFuture shut = channel.shutdownOutput();
      outputBroken = !shut.isSuccess();
    }
    tunnel.advance();
  }

  /** Nothing can be written to this side any more; what it sent may still be there to be read. */
  private void endOutput(@Nullable Throwable cause) {
    if (outputDone) {
      return;
    }
    outputDone = true;
    outputBroken = true;
    // A reset that is reported by a write reads as an end of input afterwards.
    reset |= !inputDone && !hadEnded(cause);
    TunnelEnd other = peer;
    if (other != null) {
      other.resume();
    }
    tunnel.advance();
  }

  /** EPIPE: the side had sent a FIN before it broke the connection. Elsewhere it was ECONNRESET. */
  private static boolean hadEnded(@Nullable Throwable cause) {
    return cause != null
        && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
  }

  /**
   * Closes the socket.
   *
   * @param hard by RST, so that the other end does not take what it has for all there is; also done
   *     where something is still to be written
   */
  void close(boolean hard) {
    if (early != null) {
      early.release();
      early = null;
    }
    if (hard || isBehind()) {
      try {
        channel.config().setSoLinger(0);
      } catch (ChannelException e) {
        log.debug("{}: {}", tunnel, e.toString());
      }
    }
    channel.close();
  }
}
