package io.lbtk.proxy.header;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Headers as the codec of Netty makes and reads them, and some that it does not make. */
public final class HeaderBytes {

  private static final byte[] SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(US_ASCII);

  private HeaderBytes() {}

  public static byte[] line(String text) {
    return (text + "\r\n").getBytes(US_ASCII);
  }

  /** A header for a client of TCP, of either version and family, by Netty. */
  public static byte[] of(
      ProxyProtocol version, String source, int port, String destination, int to) {
    HAProxyMessage message =
        new HAProxyMessage(
            version == ProxyProtocol.V1 ? HAProxyProtocolVersion.V1 : HAProxyProtocolVersion.V2,
            HAProxyCommand.PROXY,
            source.contains(":") ? HAProxyProxiedProtocol.TCP6 : HAProxyProxiedProtocol.TCP4,
            source,
            destination,
            port,
            to);
    EmbeddedChannel channel = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
    channel.writeOutbound(message);
    ByteBuf out = channel.readOutbound();
    try {
      return ByteBufUtil.getBytes(out);
    } finally {
      out.release();
      channel.finishAndReleaseAll();
    }
  }

  /** What Netty reads from a header: {@code 10.0.0.1:1000 to 10.0.0.2:2000}, or the protocol. */
  public static String read(byte[] header) {
    EmbeddedChannel channel = new EmbeddedChannel(new HAProxyMessageDecoder());
    channel.writeInbound(Unpooled.wrappedBuffer(header));
    HAProxyMessage message = channel.readInbound();
    try {
      if (message.sourceAddress() == null) {
        return message.proxiedProtocol().name();
      }
      return "%s:%d to %s:%d"
          .formatted(
              message.sourceAddress(),
              message.sourcePort(),
              message.destinationAddress(),
              message.destinationPort());
    } finally {
      message.release();
      channel.finishAndReleaseAll();
    }
  }

  /** A block with these bytes after its head. */
  public static byte[] block(int command, int family, byte... rest) {
    return ByteBuffer.allocate(16 + rest.length)
        .put(SIGNATURE)
        .put((byte) command)
        .put((byte) family)
        .putShort((short) rest.length)
        .put(rest)
        .array();
  }

  /** A block for a client of IPv4, with these values (TLV) behind the addresses. */
  public static byte[] blockWith(InetSocketAddress source, InetSocketAddress to, byte... values) {
    ByteBuffer rest = ByteBuffer.allocate(12 + values.length);
    rest.put(source.getAddress().getAddress()).put(to.getAddress().getAddress());
    rest.putShort((short) source.getPort()).putShort((short) to.getPort()).put(values);
    return block(0x21, 0x11, rest.array());
  }

  /** A value. */
  public static byte[] value(int type, byte... content) {
    return ByteBuffer.allocate(3 + content.length)
        .put((byte) type)
        .putShort((short) content.length)
        .put(content)
        .array();
  }

  /** Writes the checksum into the last four bytes, which were 0. */
  public static byte[] sealed(byte[] block) {
    CRC32C sum = new CRC32C();
    sum.update(block);
    byte[] sealed = block.clone();
    ByteBuffer.wrap(sealed).putInt(sealed.length - 4, (int) sum.getValue());
    return sealed;
  }

  public static byte[] join(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
