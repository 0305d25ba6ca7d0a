package io.lbtk.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An IP address as a number of 128 bits. One of IPv4 is the same as the one of IPv6 that it is
 * mapped to ({@code ::ffff:10.0.0.1}; RFC 4291, 2.5.5.2), whichever way it was written.
 */
public record IpBits(long high, long low) implements Comparable<IpBits> {

  /** How many bits stand before an address of IPv4. */
  public static final int IPV4_PREFIX = 96;

  private static final long MAPPED = 0xffffL;

  public static IpBits of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == Integer.BYTES
        ? new IpBits(0, MAPPED << 32 | Integer.toUnsignedLong(bytes.getInt()))
        : new IpBits(bytes.getLong(), bytes.getLong());
  }

  /**
   * Reads an address, and asks nobody for a name. It has no brackets and no zone; the numbers of an
   * IPv4 one have no leading zeros, which some read as octal.
   *
   * @return null if the text is none
   */
  static @Nullable public InetAddress parse(String text) {
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

  public boolean isIpV4() {
    return high == 0 && low >>> 32 == MAPPED;
  }

  /** This address with all bits after the prefix cleared. */
  public IpBits start(int prefix) {
    return new IpBits(high & mask(prefix), low & mask(prefix - Long.SIZE));
  }

  private static long mask(int bits) {
    if (bits <= 0) {
      return 0;
    }
    return bits >= Long.SIZE ? -1 : -1L << (Long.SIZE - bits);
  }

  /** The address; one of IPv4 where it is mapped. */
  public InetAddress toAddress() {
    byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In the order of the addresses. */
  @Override
  public int compareTo(IpBits other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }
}
