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
 * Handles one end of a ZMTP 3 connection: greeting, handshake, frames, PING and PONG.
 *
 * <p>Inbound, it fires {@link Ready} as a user event when the handshake is done, then the body of
 * each message as a {@link ByteBuf}, and {@link Pong} as user events; it answers PINGs itself.
 * Outbound buffers are passed on unchanged: they must be frames as by {@link ZmtpFrame}, and must
 * not be written before {@link Ready}. If the other end violates the protocol, or does not complete
 * the handshake in time, the handler fires a {@link ZmtpException}, closes the channel and reads
 * nothing more.
 *
 * <p>Reading can be suspended by the auto-read flag of the channel. A single read may yield less
 * than a message.
 */
public final class ZmtpHandler extends ByteToMessageDecoder {

  private static final int MAX_HANDSHAKE_FRAME = 4096;
  private static final int MAX_PING_CONTEXT = 16;

  /**
   * User event that the handshake is done: messages can be sent and received.
   *
   * @param peer the socket type of the other end
   * @param standby whether the other end declares itself a standby, which sends nothing for now
   */
  public record Ready(SocketType peer, boolean standby) {}

  /**
   * User event that the other end has answered a PING, having read everything sent before it.
   *
   * @param sequence the sequence of the PING, or -1 if it was not sent by {@link
   *     ZmtpFrame#writePing}
   */
  public record Pong(long sequence) {}

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
   * Creates the handler of an accepted connection. It sends nothing until the other end has proved
   * to speak ZMTP, and takes the socket type that matches the other end.
   *
   * @param types the own socket type by that of the other end; all others are rejected
   * @param standby whether to declare this end a standby, evaluated at the end of the handshake
   * @param handshakeTimeout the maximum time until {@link Ready}
   */
  public static ZmtpHandler accepting(
      Map<SocketType, SocketType> types, BooleanSupplier standby, Duration handshakeTimeout) {
    return new ZmtpHandler(new EnumMap<>(types), standby, false, handshakeTimeout);
  }

  /**
   * Creates the handler of an outgoing connection.
   *
   * @param own the socket type of this end
   * @param peer the required socket type of the other end
   * @param handshakeTimeout the maximum time until {@link Ready}
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
      ctx.writeAndFlush(ZmtpHandshake.greeting());
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
    ZmtpHandshake.checkSignature(in);
    if (!greeted && in.readableBytes() >= ZmtpHandshake.SIGNATURE_LENGTH) {
      greeted = true;
      ctx.writeAndFlush(ZmtpHandshake.greeting());
    }
    if (in.readableBytes() >= ZmtpHandshake.GREETING_LENGTH) {
      ZmtpHandshake.readGreeting(in);
      phase = Phase.HANDSHAKE;
      if (connects) {
        ctx.writeAndFlush(ZmtpHandshake.ready(types.values().iterator().next(), false));
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
      if (!name.equals(ZmtpHandshake.READY)) {
        throw new ZmtpException("a command before the handshake (expected: READY)");
      }
      ready(ctx, body);
      return;
    }
    switch (name) {
      case "PING" -> ping(ctx, body);
      case "PONG" ->
          ctx.fireUserEventTriggered(
              new Pong(body.readableBytes() == Long.BYTES ? body.readLong() : -1));
      default -> {
        // ZMTP requires to ignore commands of other socket types and of later versions.
      }
    }
  }

  private void ready(ChannelHandlerContext ctx, ByteBuf properties) {
    ZmtpHandshake.Properties ready = ZmtpHandshake.readReady(properties);
    SocketType peer = ready.type();
    SocketType own = peer == null ? null : types.get(peer);
    if (peer == null || own == null) {
      throw new ZmtpException("another socket type (expected: one of " + types.keySet() + ")");
    }
    if (!connects) {
      ctx.writeAndFlush(ZmtpHandshake.ready(own, standby.getAsBoolean()));
    }
    phase = Phase.OPEN;
    stopTimeout();
    ctx.fireUserEventTriggered(new Ready(peer, ready.standby()));
  }

  private void ping(ChannelHandlerContext ctx, ByteBuf body) {
    if (body.readableBytes() < 2 || body.readableBytes() > 2 + MAX_PING_CONTEXT) {
      throw new ZmtpException("malformed PING (expected: a time and up to 16 bytes)");
    }
    // A peer that does not read gets a single answer once it reads again, not one for each PING.
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
    // Unlike the superclass, which reads again if a read produced no message: without auto-read,
    // PINGs must not be read either.
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
