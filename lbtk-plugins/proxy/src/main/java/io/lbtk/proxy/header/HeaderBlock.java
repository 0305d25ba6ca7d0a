package io.lbtk.proxy.header;

import io.lbtk.net.IpBits;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Codec for version 2 of the PROXY protocol: a fixed part of 16 bytes, then addresses and
 * type-length-value vectors (TLV), of which only the checksum is evaluated. See HAProxy's
 * doc/proxy-protocol.txt, 2.2.
 */
final class HeaderBlock {

  /** Length of the fixed part, which contains the length of the rest. */
  static final int FIXED_LENGTH = 16;

  private static final byte[] SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };

  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int TCP4 = 0x11;
  private static final int TCP6 = 0x21;
  private static final int MAX_FAMILY = 3;
  private static final int MAX_TRANSPORT = 2;

  private static final int IPV4_LENGTH = 4;
  private static final int IPV6_LENGTH = 16;
  private static final int PORTS_LENGTH = 2 * Short.BYTES;

  private static final int CHECKSUM = 0x03;
  private static final int TLV_HEAD = 3;

  private HeaderBlock() {}

  /** Returns the first bytes of every block. */
  static byte[] signature() {
    return SIGNATURE;
  }

  /**
   * Returns the length of a whole block, at most 65,551 bytes.
   *
   * @param bytes the first {@link #FIXED_LENGTH} bytes of the block, or more
   */
  static int length(byte[] bytes) throws ProxyHeaderException {
    int command = bytes[12] & 0xff;
    if (command != LOCAL && command != PROXY) {
      throw new ProxyHeaderException(
          "invalid version and command 0x%02x (expected: 0x20 or 0x21)".formatted(command));
    }
    int family = bytes[13] & 0xff;
    if (command == PROXY && (family >> 4 > MAX_FAMILY || (family & 0xf) > MAX_TRANSPORT)) {
      throw new ProxyHeaderException(
          "invalid family 0x%02x (expected: 0x11, TCP over IPv4, or 0x21, TCP over IPv6)"
              .formatted(family));
    }
    return FIXED_LENGTH + Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(14));
  }

  /**
   * Reads a block whose fixed part {@link #length} has accepted. The result names no client if the
   * block is for a health check of the sender, or for a client without an IP address or TCP.
   */
  static ProxyHeader read(byte[] bytes, int length) throws ProxyHeaderException {
    int family = bytes[13] & 0xff;
    if ((bytes[12] & 0xff) == LOCAL || (family != TCP4 && family != TCP6)) {
      return ProxyHeader.UNKNOWN;
    }
    int size = family == TCP4 ? IPV4_LENGTH : IPV6_LENGTH;
    int values = FIXED_LENGTH + 2 * size + PORTS_LENGTH;
    if (length < values) {
      throw new ProxyHeaderException(
          "invalid length %d (expected: %d or more, for two addresses)".formatted(length, values));
    }
    checkValues(bytes, values, length);
    ByteBuffer in = ByteBuffer.wrap(bytes, FIXED_LENGTH, length - FIXED_LENGTH);
    InetAddress source = address(in, size);
    InetAddress destination = address(in, size);
    int sourcePort = Short.toUnsignedInt(in.getShort());
    int destinationPort = Short.toUnsignedInt(in.getShort());
    return new ProxyHeader(
        new InetSocketAddress(source, sourcePort),
        new InetSocketAddress(destination, destinationPort));
  }

  private static InetAddress address(ByteBuffer in, int size) {
    byte[] bytes = new byte[size];
    in.get(bytes);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void checkValues(byte[] bytes, int from, int length) throws ProxyHeaderException {
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, length);
    int at = from;
    while (at < length) {
      int left = length - at - TLV_HEAD;
      int size = left < 0 ? 0 : Short.toUnsignedInt(in.getShort(at + 1));
      if (left < size) {
        throw new ProxyHeaderException("truncated TLV");
      }
      if (bytes[at] == CHECKSUM) {
        check(in, at + TLV_HEAD, size);
      }
      at += TLV_HEAD + size;
    }
  }

  /** Verifies the checksum, which is computed with zeros in its place; RFC 4960, appendix B. */
  private static void check(ByteBuffer block, int at, int size) throws ProxyHeaderException {
    if (size != Integer.BYTES) {
      throw new ProxyHeaderException("checksum of %d bytes (expected: 4)".formatted(size));
    }
    CRC32C sum = new CRC32C();
    sum.update(block.slice(0, at));
    sum.update(new byte[Integer.BYTES]);
    sum.update(block.slice(at + size, block.limit() - at - size));
    if ((int) sum.getValue() != block.getInt(at)) {
      throw new ProxyHeaderException(
          "invalid checksum 0x%08x (expected: 0x%08x)".formatted(block.getInt(at), sum.getValue()));
    }
  }

  /** Returns the block for a header, without TLVs. */
  static byte[] write(ProxyHeader header) {
    InetSocketAddress source = header.source();
    InetSocketAddress destination = header.destination();
    ByteBuffer out = ByteBuffer.allocate(FIXED_LENGTH + 2 * IPV6_LENGTH + PORTS_LENGTH);
    out.put(SIGNATURE).put((byte) PROXY);
    if (source == null || destination == null) {
      out.put((byte) 0).putShort((short) 0);
    } else if (source.getAddress() instanceof Inet4Address
        && destination.getAddress() instanceof Inet4Address) {
      out.put((byte) TCP4).putShort((short) (2 * IPV4_LENGTH + PORTS_LENGTH));
      out.put(source.getAddress().getAddress()).put(destination.getAddress().getAddress());
      out.putShort((short) source.getPort()).putShort((short) destination.getPort());
    } else {
      out.put((byte) TCP6).putShort((short) (2 * IPV6_LENGTH + PORTS_LENGTH));
      for (InetSocketAddress each : new InetSocketAddress[] {source, destination}) {
        IpBits bits = IpBits.of(each.getAddress());
        out.putLong(bits.high()).putLong(bits.low());
      }
      out.putShort((short) source.getPort()).putShort((short) destination.getPort());
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }
}
