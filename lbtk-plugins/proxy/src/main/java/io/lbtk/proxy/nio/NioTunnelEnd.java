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
 * A side of a tunnel on a Netty channel. Input is written to the peer one read at a time; the next
 * read is requested when the peer has room.
 */
class NioTunnelEnd extends TunnelEnd {

  private static final Logger log = LoggerFactory.getLogger(NioTunnelEnd.class);

  /** Size up to which the first write is flushed either completely or not at all. */
  private static final int FIRST_WRITE = 16 * 1024;

  private final SocketChannel channel;
  private @Nullable NioTunnelEnd peer;

  /**
   * Data that was received before there was a peer, from at most one read. Also a copy of the first
   * write to a target until it is flushed, so that another target can get it on failure.
   */
  private @Nullable ByteBuf early;

  /** Gets all input until the PROXY header is complete. */
  private @Nullable ClientHeader first;

  private boolean progress;
  private boolean paused;

  /**
   * Creates an end, and adds its handler to the pipeline of the channel.
   *
   * @param channel the channel, prepared by {@link NioSockets}
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
      // Netty still counts the last write while it notifies its listeners.
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

  /** Sets the bandwidth limit. A channel requests its allocator only once, at its first read. */
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
   * Keeps data that was received before there was a peer.
   *
   * @param before the data already kept; null, since there was only one read
   */
  void keep(@Nullable ByteBuf before, ByteBuf bytes) {
    if (before != null) {
      bytes.release();
      throw new IllegalStateException("second read before the tunnel is connected");
    }
    early = bytes;
  }

  /** Returns whether data was received before there was a peer. */
  final boolean hasEarly() {
    return early != null;
  }

  /** Takes the data that was received before there was a peer; null if there is none. */
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

  /** Flushes the data read, and requests more if there is room. */
  private void flush(NioTunnelEnd other) {
    if (!other.outputDone()) {
      tunnel().touch();
      other.channel.flush();
    }
    if (peer != other) {
      // The tunnel has another target now.
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

  /** Handles a user event of the channel. */
  void event(Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      endInput(false);
    }
  }

  /** Handles an exception of the channel while the tunnel is open. */
  void caught(Throwable cause) {
    if (cause instanceof ChannelOutputShutdownException) {
      endOutput(cause.getCause());
      return;
    }
    if (!(cause instanceof IOException)) {
      log.warn("{}: closing connection after an exception: {}", tunnel(), cause.toString(), cause);
    }
    endInput(true);
  }

  /** Handles the events of the channel. */
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

    /**
     * Called only if the channel was not closed by this class: the loop has ended, or a key was
     * cancelled.
     */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      endInput(true);
    }
  }
}
