package io.lbtk.tokenport.zmtp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The 64 bytes that each end says first: signature, version, mechanism. */
final class Greeting {

  static final int LENGTH = 64;

  /** The part that is the same in every version since 2. */
  static final int SIGNATURE_LENGTH = 10;

  private static final int MECHANISM_LENGTH = 20;
  private static final int FILLER_LENGTH = 32;
  private static final String MECHANISM = "NULL";

  private Greeting() {}

  /** The greeting of this end: ZMTP 3.1, NULL. */
  static ByteBuf own() {
    ByteBuf greeting = Unpooled.buffer(LENGTH, LENGTH);
    greeting.writeByte(0xff).writeZero(8).writeByte(0x7f);
    greeting.writeByte(3).writeByte(1);
    greeting.writeCharSequence(MECHANISM, StandardCharsets.US_ASCII);
    return greeting.writeZero(MECHANISM_LENGTH - MECHANISM.length() + FILLER_LENGTH);
  }

  /** Checks as much as there is of the signature; what is wrong shows at the first byte mostly. */
  static void checkSignature(ByteBuf in) {
    int at = in.readerIndex();
    if (in.isReadable() && in.getUnsignedByte(at) != 0xff) {
      throw new ZmtpException("no ZMTP 3 greeting (expected: a ZeroMQ socket)");
    }
    if (in.readableBytes() >= SIGNATURE_LENGTH
        && in.getUnsignedByte(at + SIGNATURE_LENGTH - 1) != 0x7f) {
      throw new ZmtpException("no ZMTP 3 greeting (expected: a ZeroMQ socket)");
    }
  }

  /** Reads a whole greeting. */
  static void read(ByteBuf in) {
    int at = in.readerIndex();
    int major = in.getUnsignedByte(at + SIGNATURE_LENGTH);
    if (major < 3) {
      throw new ZmtpException("ZMTP version %d (expected: 3 or later)".formatted(major));
    }
    String mechanism =
        in.toString(at + SIGNATURE_LENGTH + 2, MECHANISM_LENGTH, StandardCharsets.US_ASCII);
    if (!mechanism.equals(MECHANISM + "\0".repeat(MECHANISM_LENGTH - MECHANISM.length()))) {
      throw new ZmtpException("another ZMTP mechanism than NULL (expected: no CURVE, no PLAIN)");
    }
    in.skipBytes(LENGTH);
  }
}
