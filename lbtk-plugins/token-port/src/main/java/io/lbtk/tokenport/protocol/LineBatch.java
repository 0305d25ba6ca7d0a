package io.lbtk.tokenport.protocol;

import io.lbtk.tokenport.zmtp.ZmtpFrame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Puts lines into as few messages as they fit in. Belongs to one connection and its event loop;
 * lines wait here until {@link #flush}.
 */
public final class LineBatch {

  private static final int EXPECTED = 128;

  private final ChannelHandlerContext ctx;
  private @Nullable ByteBuf message;

  /** Lines for the connection of this context. */
  public LineBatch(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  /**
   * Begins a line.
   *
   * @param most the bytes that it will have at the most
   * @return to be written to at once, without an end of line
   */
  ByteBuf line(int most) {
    if (message != null && message.readableBytes() + 1 + most > ZmtpFrame.MAX_LENGTH) {
      write();
    }
    if (message == null) {
      message = ZmtpFrame.begin(ctx.alloc(), Math.max(EXPECTED, most));
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

  /** Sends what waits, if anything does. */
  public void flush() {
    if (message != null) {
      write();
      ctx.flush();
    }
  }

  /** Forgets what waits: the connection is over. */
  public void discard() {
    if (message != null) {
      message.release();
      message = null;
    }
  }
}
