package io.lbtk.tokenport.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** The bytes of one message, where they can be read fast. */
final class LeaseMessage {

  /** Reads one line after the other. */
  @FunctionalInterface
  interface Reader {
    void read(Line line);
  }

  private LeaseMessage() {}

  /**
   * Reads all lines, and leaves the message to the caller, to be released.
   *
   * @throws LeaseException by the reader, or if the message is empty
   */
  static void read(ChannelHandlerContext ctx, ByteBuf message, Reader reader) {
    if (message.hasArray()) {
      int from = message.arrayOffset() + message.readerIndex();
      read(message.array(), from, message.readableBytes(), reader);
      return;
    }
    ByteBuf copy = ctx.alloc().heapBuffer(message.readableBytes());
    try {
      message.getBytes(message.readerIndex(), copy, message.readableBytes());
      read(copy.array(), copy.arrayOffset(), copy.readableBytes(), reader);
    } finally {
      copy.release();
    }
  }

  private static void read(byte[] bytes, int from, int length, Reader reader) {
    Line line = new Line(bytes, from, from + length);
    while (line.next()) {
      reader.read(line);
    }
  }
}
