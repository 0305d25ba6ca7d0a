package io.lbtk.tokenport.zmtp;

import io.lbtk.api.PrintableText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * Encodes ZMTP frames. A channel with a {@link ZmtpHandler} accepts buffers of one or more complete
 * frames.
 *
 * <pre>{@code
 * ByteBuf message = ZmtpFrame.begin(ctx.alloc(), 64);
 * message.writeCharSequence("HELLO 1 me", US_ASCII);
 * ctx.writeAndFlush(ZmtpFrame.end(message));
 * }</pre>
 */
public final class ZmtpFrame {

  /** Maximum length of a frame body in bytes, in both directions. */
  public static final int MAX_LENGTH = 65536;

  static final int MORE = 1;
  static final int LONG = 2;
  static final int COMMAND = 4;

  static final int SHORT_HEADER = 2;
  static final int LONG_HEADER = 9;

  private static final int MAX_SHORT = 255;
  private static final byte[] PING = "\4PING".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PONG = "\4PONG".getBytes(StandardCharsets.US_ASCII);

  private ZmtpFrame() {}

  /**
   * Begins a message of unknown length. The {@linkplain ByteBuf#readableBytes() readable} bytes of
   * the buffer are the body, which may grow to {@link #MAX_LENGTH}.
   *
   * @param allocator the allocator of the buffer
   * @param expected the expected length of the body
   * @return the buffer to append the body to, and to pass to {@link #end}
   */
  public static ByteBuf begin(ByteBufAllocator allocator, int expected) {
    ByteBuf message = allocator.ioBuffer(LONG_HEADER + expected, LONG_HEADER + MAX_LENGTH);
    return message.setIndex(LONG_HEADER, LONG_HEADER);
  }

  /** Ends a message by writing its header. Returns the same buffer, ready to be sent. */
  public static ByteBuf end(ByteBuf message) {
    int length = message.readableBytes();
    int body = message.readerIndex();
    if (length <= MAX_SHORT) {
      message.setByte(body - 2, 0).setByte(body - 1, length);
      return message.readerIndex(body - SHORT_HEADER);
    }
    message.setByte(body - LONG_HEADER, LONG).setLong(body - LONG_HEADER + 1, length);
    return message.readerIndex(body - LONG_HEADER);
  }

  /** Appends a complete message. */
  public static void writeMessage(ByteBuf out, byte[] body) {
    if (body.length <= MAX_SHORT) {
      out.writeByte(0).writeByte(body.length);
    } else {
      out.writeByte(LONG).writeLong(body.length);
    }
    out.writeBytes(body);
  }

  /**
   * Appends a PING. The other end answers it once it has read everything sent before; the answer is
   * a {@link ZmtpHandler.Pong}.
   *
   * @param out the buffer to append to
   * @param ttl the silence, in tenths of a second, after which the other end gives the connection
   *     up; 0 for never
   * @param sequence the number that the answer returns; not negative
   */
  public static void writePing(ByteBuf out, int ttl, long sequence) {
    out.writeByte(COMMAND).writeByte(PING.length + 2 + Long.BYTES);
    out.writeBytes(PING).writeShort(ttl).writeLong(sequence);
  }

  /** Creates a PONG with the context of a PING. */
  static ByteBuf pong(ByteBufAllocator allocator, byte[] context) {
    int length = PONG.length + context.length;
    ByteBuf frame = allocator.ioBuffer(SHORT_HEADER + length);
    return frame.writeByte(COMMAND).writeByte(length).writeBytes(PONG).writeBytes(context);
  }

  /** Reads the name of a command, up to its data. */
  static String readCommandName(ByteBuf body) {
    int length = body.isReadable() ? body.readUnsignedByte() : 0;
    if (length == 0 || length > body.readableBytes()) {
      throw new ZmtpException("a command without a name (expected: READY, PING, PONG)");
    }
    return body.readCharSequence(length, StandardCharsets.US_ASCII).toString();
  }

  /** Reads the reason of an ERROR command, sanitized for the log. */
  static String readReason(ByteBuf body) {
    int length = body.isReadable() ? Math.min(body.readUnsignedByte(), body.readableBytes()) : 0;
    byte[] reason = ByteBufUtil.getBytes(body, body.readerIndex(), length);
    return PrintableText.of(new String(reason, StandardCharsets.US_ASCII));
  }
}
