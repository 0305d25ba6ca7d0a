package io.lbtk.tokenport.zmtp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One end of a ZMTP 3 connection: greeting, handshake, frames, PING and PONG.
 *
 * <p>What comes in: first {@link ZmtpReady} as a user event, then the body of each message as a
 * {@link ByteBuf}, and {@link ZmtpPong} as user events; PINGs are answered here. What goes out is
 * passed on as it is: see {@link ZmtpFrame}, and nothing before {@link ZmtpReady}. When the other
 * end breaks the rules, or does not end the handshake in time, a {@link ZmtpException} goes along
 * the pipeline and the channel is closed; nothing is read from then on.
 *
 * <p>Reading can be stopped and gone on with by the channel's auto-read; single reads may bring
 * less than a message.
 */
public final class ZmtpHandler extends ByteToMessageDecoder {

  private static final int MAX_HANDSHAKE_FRAME = 4096;
  private static final int MAX_PING_CONTEXT = 16;

  private enum Phase {
    GREETING,
    HANDSHAKE,
    OPEN,
    FAILED
  }

  private final Map<SocketType, SocketType> types;
  private final BooleanSupplier standby;
  private final boolean connects;
  private final Duration handshakeTimeout;

  private Phase phase = Phase.GREETING;
  private boolean greeted;
  private boolean ponged;
  private byte @Nullable [] owedPong;
  private @Nullable Future<?> timeout;

  private ZmtpHandler(
      Map<SocketType, SocketType> types,
      BooleanSupplier standby,
      boolean connects,
      Duration handshakeTimeout) {
    this.types = types;
    this.standby = standby;
    this.connects = connects;
    this.handshakeTimeout = handshakeTimeout;
  }

  /**
   * The end that was connected to. It says nothing before the other end has shown that it speaks
   * ZMTP, and is whatever fits the other end.
   *
   * @param types what to be, by what the other end is; any other is refused
   * @param standby asked at the end of the handshake whether to say that this end is a standby
   * @param handshakeTimeout from the connection to {@link ZmtpReady}
   */
  public static ZmtpHandler accepting(
      Map<SocketType, SocketType> types, BooleanSupplier standby, Duration handshakeTimeout) {
    return new ZmtpHandler(new EnumMap<>(types), standby, false, handshakeTimeout);
  }

  /**
   * The end that connects.
   *
   * @param own what this end is
   * @param peer what the other end must be
   * @param handshakeTimeout from the connection to {@link ZmtpReady}
   */
  public static ZmtpHandler connecting(SocketType own, SocketType peer, Duration handshakeTimeout) {
    return new ZmtpHandler(Map.of(peer, own), () -> false, true, handshakeTimeout);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    timeout =
        ctx.executor()
            .schedule(
                () -> {
                  String expected = "expected: a ZMTP 3 handshake within %d ms";
                  fail(
                      ctx,
                      new ZmtpException(
                          "handshake not done ("
                              + expected.formatted(handshakeTimeout.toMillis())
                              + ")"));
                },
                handshakeTimeout.toMillis(),
                TimeUnit.MILLISECONDS);
    if (connects) {
      greeted = true;
      ctx.writeAndFlush(Greeting.own());
    }
    super.channelActive(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    stopTimeout();
    super.channelInactive(ctx);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      switch (phase) {
        case GREETING -> greeting(ctx, in);
        case HANDSHAKE, OPEN -> frame(ctx, in, out);
        case FAILED -> in.skipBytes(in.readableBytes());
      }
    } catch (ZmtpException e) {
      in.skipBytes(in.readableBytes());
      fail(ctx, e);
    }
  }

  private void greeting(ChannelHandlerContext ctx, ByteBuf in) {
    Greeting.checkSignature(in);
    if (!greeted && in.readableBytes() >= Greeting.SIGNATURE_LENGTH) {
      greeted = true;
      ctx.writeAndFlush(Greeting.own());
    }
    if (in.readableBytes() >= Greeting.LENGTH) {
      Greeting.read(in);
      phase = Phase.HANDSHAKE;
      if (connects) {
        ctx.writeAndFlush(Ready.frame(types.values().iterator().next(), false));
      }
    }
  }

  private void frame(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (in.readableBytes() < ZmtpFrame.SHORT_HEADER) {
      return;
    }
    int at = in.readerIndex();
    int flags = in.getUnsignedByte(at);
    boolean command = (flags & ZmtpFrame.COMMAND) != 0;
    if ((flags & ~(ZmtpFrame.LONG | ZmtpFrame.COMMAND)) != 0) {
      throw new ZmtpException(
          (flags & ZmtpFrame.MORE) != 0
              ? "a frame that is part of a message (expected: messages of one part)"
              : "a frame with flags %#x (expected: ZMTP 3)".formatted(flags));
    }
    boolean isLong = (flags & ZmtpFrame.LONG) != 0;
    int header = isLong ? ZmtpFrame.LONG_HEADER : ZmtpFrame.SHORT_HEADER;
    if (in.readableBytes() < header) {
      return;
    }
    long length = isLong ? in.getLong(at + 1) : in.getUnsignedByte(at + 1);
    int max = phase == Phase.OPEN ? ZmtpFrame.MAX_LENGTH : MAX_HANDSHAKE_FRAME;
    if (length < 0 || length > max) {
      throw new ZmtpException(
          "a frame of %s bytes (expected: at most %d)"
              .formatted(Long.toUnsignedString(length), max));
    }
    if (in.readableBytes() < header + length) {
      return;
    }
    in.skipBytes(header);
    if (command) {
      command(ctx, in.readSlice((int) length));
    } else if (phase == Phase.OPEN) {
      out.add(in.readRetainedSlice((int) length));
    } else {
      throw new ZmtpException("a message before the handshake (expected: READY)");
    }
  }

  private void command(ChannelHandlerContext ctx, ByteBuf body) {
    String name = ZmtpFrame.readCommandName(body);
    if (name.equals("ERROR")) {
      throw new ZmtpException("the other end says: " + ZmtpFrame.readReason(body));
    }
    if (phase == Phase.HANDSHAKE) {
      if (!name.equals(Ready.NAME)) {
        throw new ZmtpException("a command before the handshake (expected: READY)");
      }
      ready(ctx, body);
      return;
    }
    switch (name) {
      case "PING" -> ping(ctx, body);
      case "PONG" ->
          ctx.fireUserEventTriggered(
              new ZmtpPong(body.readableBytes() == Long.BYTES ? body.readLong() : -1));
      default -> {
        // The commands of other socket types and of later versions are to be passed over.
      }
    }
  }

  private void ready(ChannelHandlerContext ctx, ByteBuf properties) {
    Ready ready = Ready.read(properties);
    SocketType peer = ready.type();
    SocketType own = peer == null ? null : types.get(peer);
    if (peer == null || own == null) {
      throw new ZmtpException("another socket type (expected: one of " + types.keySet() + ")");
    }
    if (!connects) {
      ctx.writeAndFlush(Ready.frame(own, standby.getAsBoolean()));
    }
    phase = Phase.OPEN;
    stopTimeout();
    ctx.fireUserEventTriggered(new ZmtpReady(peer, ready.standby()));
  }

  private void ping(ChannelHandlerContext ctx, ByteBuf body) {
    if (body.readableBytes() < 2 || body.readableBytes() > 2 + MAX_PING_CONTEXT) {
      throw new ZmtpException("malformed PING (expected: a time and up to 16 bytes)");
    }
    // Whoever does not read gets one answer when it reads again, not one for each PING.
    owedPong = ByteBufUtil.getBytes(body, body.readerIndex() + 2, body.readableBytes() - 2);
    pong(ctx);
  }

  private void pong(ChannelHandlerContext ctx) {
    if (owedPong != null && ctx.channel().isWritable()) {
      ctx.write(ZmtpFrame.pong(ctx.alloc(), owedPong), ctx.voidPromise());
      owedPong = null;
      ponged = true;
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    flushPong(ctx);
    // Not as the superclass does, which reads on when nothing came of what was read: whoever turned
    // auto-read off wants no more PINGs either.
    discardSomeReadBytes();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    pong(ctx);
    flushPong(ctx);
    super.channelWritabilityChanged(ctx);
  }

  private void flushPong(ChannelHandlerContext ctx) {
    if (ponged) {
      ponged = false;
      ctx.flush();
    }
  }

  private void fail(ChannelHandlerContext ctx, ZmtpException e) {
    if (phase != Phase.FAILED) {
      phase = Phase.FAILED;
      stopTimeout();
      ctx.fireExceptionCaught(e);
      ctx.close();
    }
  }

  private void stopTimeout() {
    if (timeout != null) {
      timeout.cancel(false);
      timeout = null;
    }
  }
}
