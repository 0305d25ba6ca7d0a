package io.lbtk.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An IP address as a 128-bit number. An IPv4 address equals its IPv4-mapped IPv6 address ({@code
 * ::ffff:10.0.0.1}; RFC 4291, 2.5.5.2).
 */
public record IpBits(long high, long low) implements Comparable<IpBits> {

  /** Length in bits of the prefix of IPv4-mapped addresses. */
  public static final int IPV4_PREFIX = 96;

  private static final long MAPPED = 0xffffL;

  /** Returns the bits of an address. */
  public static IpBits of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == Integer.BYTES
        ? new IpBits(0, MAPPED << 32 | Integer.toUnsignedLong(bytes.getInt()))
        : new IpBits(bytes.getLong(), bytes.getLong());
  }

  /**
   * Parses an address literal without any name lookup. Brackets, zones, and leading zeros in IPv4
   * numbers (which some parsers read as octal) are not accepted.
   *
   * @return the address, or null if the text is not an address literal
   */
  public static @Nullable InetAddress parse(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != ':' && c != '.' && Character.digit(c, 16) < 0) {
        return null;
      }
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null) {
      return null;
    }
    try {
      InetAddress address = InetAddress.getByAddress(bytes);
      boolean ambiguous = bytes.length == Integer.BYTES && !address.getHostAddress().equals(text);
      return ambiguous ? null : address;
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Returns whether this is an IPv4 address, or an IPv6 address that is mapped from one. */
  public boolean isIpV4() {
    return high == 0 && low >>> 32 == MAPPED;
  }

  /** Returns this address with all bits after the prefix cleared. */
  public IpBits start(int prefix) {
    return new IpBits(high & mask(prefix), low & mask(prefix - Long.SIZE));
  }

  private static long mask(int bits) {
    if (bits <= 0) {
      return 0;
    }
    return bits >= Long.SIZE ? -1 : -1L << (Long.SIZE - bits);
  }

  /** Returns the address; an IPv4 address if this one is mapped. */
  public InetAddress toAddress() {
    byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Compares the addresses as unsigned numbers. */
  @Override
  public int compareTo(IpBits other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }
}
