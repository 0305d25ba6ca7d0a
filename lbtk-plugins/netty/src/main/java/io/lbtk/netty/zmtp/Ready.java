package io.lbtk.netty.zmtp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The READY command, by which each end says what it is. */
final class Ready {

  static final String NAME = "READY";

  private static final String SOCKET_TYPE = "Socket-Type";

  private Ready() {}

  /** The whole frame. */
  static ByteBuf frame(SocketType own) {
    byte[] type = own.wireName();
    int length = 1 + NAME.length() + 1 + SOCKET_TYPE.length() + 4 + type.length;
    ByteBuf frame = Unpooled.buffer(2 + length);
    frame.writeByte(ZmtpFrame.COMMAND).writeByte(length);
    frame.writeByte(NAME.length()).writeCharSequence(NAME, StandardCharsets.US_ASCII);
    frame.writeByte(SOCKET_TYPE.length()).writeCharSequence(SOCKET_TYPE, StandardCharsets.US_ASCII);
    return frame.writeInt(type.length).writeBytes(type);
  }

  /**
   * Reads the properties that follow the name of the command.
   *
   * @return the type of the other end; null if it is none that is known here
   */
  static @Nullable SocketType read(ByteBuf properties) {
    SocketType type = null;
    while (properties.isReadable()) {
      String name = text(properties, properties.readUnsignedByte());
      if (properties.readableBytes() < 4) {
        throw malformed();
      }
      String value = text(properties, properties.readUnsignedInt());
      if (name.equalsIgnoreCase(SOCKET_TYPE)) {
        type = SocketType.of(value);
      }
    }
    return type;
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
