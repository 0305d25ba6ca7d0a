package io.lbtk.proxy.echo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/** The line that an echo server sends to each client first, if it is set to. */
final class Greeting {

  /** The greeting without a line. */
  static final Greeting NONE = new Greeting("");

  private final String name;

  private Greeting(String name) {
    this.name = name;
  }

  /** Returns a greeting that tells the name of the server and the address that was reached. */
  static Greeting of(String name) {
    return new Greeting(name);
  }

  /**
   * Returns the line for a connection; without bytes if there is none.
   *
   * @param local the server's end of the connection
   */
  ByteBuf line(ByteBufAllocator allocator, InetSocketAddress local) {
    return name.isEmpty()
        ? Unpooled.EMPTY_BUFFER
        : ByteBufUtil.writeUtf8(
            allocator, "%s %s\n".formatted(name, NetUtil.toSocketAddressString(local)));
  }
}
