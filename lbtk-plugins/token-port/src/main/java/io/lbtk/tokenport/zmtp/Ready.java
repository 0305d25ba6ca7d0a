package io.lbtk.tokenport.zmtp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The READY command, by which each end says what it is.
 *
 * @param type of the socket; null if it is none that is known here
 * @param standby whether the end says that it is a standby
 */
record Ready(@Nullable SocketType type, boolean standby) {

  static final String NAME = "READY";

  private static final String SOCKET_TYPE = "Socket-Type";

  /** Names that begin with X- are for applications; every ZMTP 3 socket passes over them. */
  private static final String ROLE = "X-Role";

  private static final String STANDBY = "standby";

  /** Creates the whole frame. */
  static ByteBuf frame(SocketType own, boolean standby) {
    ByteBuf frame = Unpooled.buffer();
    frame.writeByte(ZmtpFrame.COMMAND).writeByte(0);
    frame.writeByte(NAME.length()).writeCharSequence(NAME, StandardCharsets.US_ASCII);
    property(frame, SOCKET_TYPE, own.wireName());
    if (standby) {
      property(frame, ROLE, STANDBY.getBytes(StandardCharsets.US_ASCII));
    }
    return frame.setByte(1, frame.readableBytes() - 2);
  }

  private static void property(ByteBuf frame, String name, byte[] value) {
    frame.writeByte(name.length()).writeCharSequence(name, StandardCharsets.US_ASCII);
    frame.writeInt(value.length).writeBytes(value);
  }

  /** Reads the properties that follow the name of the command. */
  static Ready read(ByteBuf properties) {
    SocketType type = null;
    boolean standby = false;
    while (properties.isReadable()) {
      String name = text(properties, properties.readUnsignedByte());
      if (properties.readableBytes() < 4) {
        throw malformed();
      }
      String value = text(properties, properties.readUnsignedInt());
      if (name.equalsIgnoreCase(SOCKET_TYPE)) {
        type = SocketType.of(value);
      } else if (name.equalsIgnoreCase(ROLE)) {
        standby = value.equals(STANDBY);
      }
    }
    return new Ready(type, standby);
  }

  private static String text(ByteBuf in, long length) {
    if (length > in.readableBytes()) {
      throw malformed();
    }
    return in.readCharSequence((int) length, StandardCharsets.ISO_8859_1).toString();
  }

  private static ZmtpException malformed() {
    return new ZmtpException("malformed READY (expected: properties by name and value)");
  }
}
