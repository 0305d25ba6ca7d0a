package io.lbtk.tokenport.protocol;

import io.lbtk.tokenport.zmtp.ZmtpFrame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Collects lines into as few messages as possible until {@link #flush}. Confined to the event loop
 * of its connection.
 */
public final class LineBatch {

  private static final int EXPECTED = 128;

  private final ChannelHandlerContext ctx;
  private @Nullable ByteBuf message;

  /** Creates a batch for the connection of a context. */
  public LineBatch(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  /**
   * Begins a line.
   *
   * @param maxLength the maximum length of the line in bytes
   * @return the buffer to append the line to at once, without a line end
   */
  ByteBuf line(int maxLength) {
    if (message != null && message.readableBytes() + 1 + maxLength > ZmtpFrame.MAX_LENGTH) {
      write();
    }
    if (message == null) {
      message = ZmtpFrame.begin(ctx.alloc(), Math.max(EXPECTED, maxLength));
    } else {
      message.writeByte('\n');
    }
    return message;
  }

  private void write() {
    if (message != null) {
      ByteBuf whole = ZmtpFrame.end(message);
      message = null;
      ctx.write(whole, ctx.voidPromise());
    }
  }

  /** Sends all collected lines. */
  public void flush() {
    if (message != null) {
      write();
      ctx.flush();
    }
  }

  /** Discards all collected lines, after the end of the connection. */
  public void discard() {
    if (message != null) {
      message.release();
      message = null;
    }
  }
}
