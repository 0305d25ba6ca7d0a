package io.lbtk.tokenport.zmtp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the handshake of ZMTP 3.1 with the NULL mechanism: the greeting of 64 bytes
 * (signature, version, mechanism), then the READY command.
 */
final class ZmtpHandshake {

  /** Length of the greeting. */
  static final int GREETING_LENGTH = 64;

  /** Length of the signature, which is the same in every version since 2. */
  static final int SIGNATURE_LENGTH = 10;

  /** Name of the READY command. */
  static final String READY = "READY";

  private static final int MECHANISM_LENGTH = 20;
  private static final int FILLER_LENGTH = 32;
  private static final String MECHANISM = "NULL";
  private static final String SOCKET_TYPE = "Socket-Type";

  /** The prefix X- marks properties of applications, which every ZMTP 3 socket ignores. */
  private static final String ROLE = "X-Role";

  private static final String STANDBY = "standby";

  /**
   * The properties of a READY command.
   *
   * @param type the socket type, or null if it is unknown
   * @param standby whether the end declares itself a standby
   */
  record Properties(@Nullable SocketType type, boolean standby) {}

  private ZmtpHandshake() {}

  /** Creates the greeting of this end. */
  static ByteBuf greeting() {
    ByteBuf greeting = Unpooled.buffer(GREETING_LENGTH, GREETING_LENGTH);
    greeting.writeByte(0xff).writeZero(8).writeByte(0x7f);
    greeting.writeByte(3).writeByte(1);
    greeting.writeCharSequence(MECHANISM, StandardCharsets.US_ASCII);
    return greeting.writeZero(MECHANISM_LENGTH - MECHANISM.length() + FILLER_LENGTH);
  }

  /**
   * Checks the bytes of the signature received so far: other protocols differ in the first byte.
   */
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

  /** Reads and checks a complete greeting. */
  static void readGreeting(ByteBuf in) {
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
    in.skipBytes(GREETING_LENGTH);
  }

  /** Creates the frame of a READY command. */
  static ByteBuf ready(SocketType own, boolean standby) {
    ByteBuf frame = Unpooled.buffer();
    frame.writeByte(ZmtpFrame.COMMAND).writeByte(0);
    frame.writeByte(READY.length()).writeCharSequence(READY, StandardCharsets.US_ASCII);
    writeProperty(frame, SOCKET_TYPE, own.wireName());
    if (standby) {
      writeProperty(frame, ROLE, STANDBY.getBytes(StandardCharsets.US_ASCII));
    }
    return frame.setByte(1, frame.readableBytes() - 2);
  }

  private static void writeProperty(ByteBuf frame, String name, byte[] value) {
    frame.writeByte(name.length()).writeCharSequence(name, StandardCharsets.US_ASCII);
    frame.writeInt(value.length).writeBytes(value);
  }

  /** Reads the properties of a READY command, which follow its name. */
  static Properties readReady(ByteBuf properties) {
    SocketType type = null;
    boolean standby = false;
    while (properties.isReadable()) {
      String name = readText(properties, properties.readUnsignedByte());
      if (properties.readableBytes() < 4) {
        throw malformed();
      }
      String value = readText(properties, properties.readUnsignedInt());
      if (name.equalsIgnoreCase(SOCKET_TYPE)) {
        type = SocketType.of(value);
      } else if (name.equalsIgnoreCase(ROLE)) {
        standby = value.equals(STANDBY);
      }
    }
    return new Properties(type, standby);
  }

  private static String readText(ByteBuf in, long length) {
    if (length > in.readableBytes()) {
      throw malformed();
    }
    return in.readCharSequence((int) length, StandardCharsets.ISO_8859_1).toString();
  }

  private static ZmtpException malformed() {
    return new ZmtpException("malformed READY (expected: properties by name and value)");
  }
}
