package io.lbtk.proxy.nio;

import io.lbtk.proxy.tcp.ClientHeader;
import io.lbtk.proxy.tcp.PacedInput;
import io.lbtk.proxy.tcp.Tunnel;
import io.lbtk.proxy.tcp.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A side of a tunnel on a Netty channel: what it receives is written to its peer, one read at a
 * time, the next when the peer has room.
 */
class NioTunnelEnd extends TunnelEnd {

  private static final Logger log = LoggerFactory.getLogger(NioTunnelEnd.class);

  /** A first write of no more than this goes out whole or not at all. */
  private static final int FIRST_WRITE = 16 * 1024;

  private final SocketChannel channel;
  private @Nullable NioTunnelEnd peer;

  /**
   * What was received before there was a peer: one read at most. Also a copy of the first write to
   * a target, until it is flushed: another target gets it if that fails.
   */
  private @Nullable ByteBuf early;

  /** Gets all that is received until it has enough. */
  private @Nullable ClientHeader first;

  private boolean progress;
  private boolean paused;

  /**
   * An end that has put its handler into the pipeline of its channel.
   *
   * @param channel prepared by {@link NioSockets}
   */
  NioTunnelEnd(Tunnel tunnel, SocketChannel channel) {
    super(tunnel);
    this.channel = channel;
    channel.pipeline().addLast(new Handler());
  }

  @Override
  @Nullable
  public InetSocketAddress remoteAddress() {
    return channel.remoteAddress();
  }

  @Override
  @Nullable
  public InetSocketAddress localAddress() {
    return channel.localAddress();
  }

  @Override
  @Nullable
  public NioTunnelEnd peer() {
    return peer;
  }

  @Override
  public boolean isBehind() {
    if (outputDone()) {
      // Netty still counts the last write while it tells that it is done.
      return false;
    }
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    return pending != null && pending.totalPendingWriteBytes() > 0;
  }

  @Override
  public void watch() {
    if (early == null) {
      channel.read();
    }
  }

  @Override
  public void readFirst(ClientHeader header) {
    first = header;
    channel.read();
  }

  private void readFirst(ClientHeader header, ByteBuf bytes) {
    ByteBuffer view = bytes.nioBuffer();
    boolean more = header.read(view);
    bytes.skipBytes(bytes.readableBytes() - view.remaining());
    if (bytes.isReadable()) {
      early = bytes;
    } else {
      bytes.release();
    }
    if (more) {
      channel.read();
    } else {
      first = null;
      header.end();
    }
  }

  @Override
  public void relayFirst(byte[] bytes) {
    ByteBuf header = Unpooled.wrappedBuffer(bytes);
    early = early == null ? header : Unpooled.wrappedBuffer(header, early);
    relayed(-bytes.length);
  }

  @Override
  public void pairWith(TunnelEnd other) {
    peer = (NioTunnelEnd) other;
  }

  /** A channel asks for its allocator once, at its first read. */
  @Override
  public void pace(@Nullable PacedInput limit) {
    super.pace(limit);
    int most = mostRead(Integer.MAX_VALUE);
    if (most < Integer.MAX_VALUE) {
      channel
          .config()
          .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(most).maxMessagesPerRead(1));
    }
  }

  @Override
  public void relay() {
    NioTunnelEnd other = peer;
    ByteBuf first = takeEarly();
    if (first != null && other != null) {
      relay(other, first);
      flush(other);
    } else {
      resumeReading();
    }
  }

  private void received(ByteBuf bytes) {
    NioTunnelEnd other = peer;
    if (other != null) {
      progress = true;
      relay(other, bytes);
    } else if (first != null) {
      readFirst(first, bytes);
    } else {
      keep(early, bytes);
    }
  }

  /**
   * Keeps what was received before there was a peer.
   *
   * @param before what is kept already: nothing, since there was only one read
   */
  void keep(@Nullable ByteBuf before, ByteBuf bytes) {
    if (before != null) {
      bytes.release();
      throw new IllegalStateException("a second read before the tunnel stands");
    }
    early = bytes;
  }

  /** Whether something was received before there was a peer. */
  final boolean hasEarly() {
    return early != null;
  }

  /** What was received before there was a peer, which is not kept any more. */
  final @Nullable ByteBuf takeEarly() {
    ByteBuf taken = early;
    early = null;
    return taken;
  }

  private void relay(NioTunnelEnd other, ByteBuf bytes) {
    if (other.outputDone()) {
      bytes.release();
      return;
    }
    dropEarly();
    if (relayed() <= 0 && this == tunnel().client() && bytes.readableBytes() <= FIRST_WRITE) {
      early = bytes.retainedDuplicate();
    }
    relayed(bytes.readableBytes());
    other.write(bytes);
  }

  private void dropEarly() {
    if (early != null) {
      early.release();
      early = null;
    }
  }

  @Override
  public boolean holdsAllInput() {
    return relayed() == 0 || early != null;
  }

  @Override
  public void part() {
    peer = null;
    progress = false;
    paused = false;
    ByteBuf held = early;
    if (held != null && relayed() > 0) {
      held.skipBytes(Math.toIntExact(held.readableBytes() - relayed()));
      relayed(-relayed());
    } else {
      dropEarly();
    }
  }

  /** Writes without a flush; a failure ends the output. */
  void write(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }

  /** Sends what was read, and asks for more if there is room. */
  private void flush(NioTunnelEnd other) {
    if (!other.outputDone()) {
      tunnel().touch();
      other.channel.flush();
    }
    if (peer != other) {
      // The target is another one now.
      return;
    }
    dropEarly();
    if (other.outputDone() || other.channel.isWritable()) {
      resumeReading();
    } else {
      paused = true;
    }
  }

  private void resume() {
    if (paused) {
      paused = false;
      resumeReading();
    }
  }

  @Override
  public void resumeReading() {
    if (mayRead()) {
      channel.read();
    }
  }

  @Override
  public void discardInput() {
    resume();
  }

  @Override
  public void finish() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(future -> finished());
  }

  @Override
  public boolean shutdownOutput() {
    return channel.shutdownOutput().isSuccess();
  }

  @Override
  public void close(boolean hard) {
    dropEarly();
    if (hard || isBehind()) {
      try {
        channel.config().setSoLinger(0);
      } catch (ChannelException e) {
        log.debug("{}: {}", tunnel(), e.toString());
      }
    }
    closeChannel();
  }

  void closeChannel() {
    channel.close();
  }

  /** The channel tells of something. */
  void event(Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      endInput(false);
    }
  }

  /** Something went wrong with the channel, while the tunnel is open. */
  void caught(Throwable cause) {
    if (cause instanceof ChannelOutputShutdownException) {
      endOutput(cause.getCause());
      return;
    }
    if (!(cause instanceof IOException)) {
      log.warn("{}: a tunnel ends because of {}", tunnel(), cause.toString(), cause);
    }
    endInput(true);
  }

  /** What the channel tells. */
  private final class Handler extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      received((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      NioTunnelEnd other = peer;
      if (progress && other != null) {
        progress = false;
        flush(other);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      NioTunnelEnd other = peer;
      if (other != null && channel.isWritable()) {
        if (!outputDone()) {
          tunnel().touch();
        }
        other.resume();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      event(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!tunnel().isClosed()) {
        caught(cause);
      }
    }

    /** Only where the channel was closed by none of us: the loop ends, or a key was cancelled. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      endInput(true);
    }
  }
}
