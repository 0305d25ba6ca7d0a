package io.lbtk.proxy.limits;

import io.lbtk.api.Option;
import io.lbtk.net.IpBits;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Objects;

/**
 * A block of IP addresses: all that begin with the same bits, {@code 10.0.0.0/8} or {@code
 * 2001:db8::/32} (RFC 4632; RFC 4291, 2.3). A single address is a block, too. Immutable.
 *
 * <p>An address of IPv4 that comes mapped to IPv6 ({@code ::ffff:10.0.0.1}) is one of IPv4, in
 * blocks and in what they are asked for; a block of IPv6 never holds one of IPv4, not even {@code
 * ::/0}.
 */
public final class CidrBlock {

  private static final int BITS = 2 * Long.SIZE;

  private final IpBits start;

  /** Out of 128, for IPv4 too. */
  private final int prefix;

  private CidrBlock(IpBits start, int prefix) {
    this.start = start;
    this.prefix = prefix;
  }

  /**
   * Reads {@code address/prefix}, or a single address.
   *
   * @throws IllegalArgumentException if it is neither, or if the address has bits after the prefix;
   *     the message names the text and what was expected
   */
  public static CidrBlock parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = IpBits.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw wrong(text, "an address and the length of a prefix, 10.0.0.0/8 or 2001:db8::/32");
    }
    // One that was written as IPv6 counts its prefix so, although Java makes a mapped one IPv4.
    int hidden = text.indexOf(':') < 0 ? IpBits.IPV4_PREFIX : 0;
    int length = slash < 0 ? BITS - hidden : length(text.substring(slash + 1));
    if (length < 0 || length > BITS - hidden) {
      throw wrong(text, "a prefix of 0 to %d bits".formatted(BITS - hidden));
    }
    CidrBlock block = new CidrBlock(IpBits.of(address).start(hidden + length), hidden + length);
    if (!block.start.equals(IpBits.of(address))) {
      throw wrong(text, "%s, or a longer prefix".formatted(block));
    }
    return block;
  }

  private static int length(String digits) {
    boolean number = !digits.isEmpty() && digits.length() <= 3;
    for (int i = 0; i < digits.length(); i++) {
      number &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
    }
    return number ? Integer.parseInt(digits) : -1;
  }

  private static IllegalArgumentException wrong(String text, String expected) {
    return new IllegalArgumentException(
        "\"%s\" is no block of addresses (expected: %s)".formatted(text, expected));
  }

  /** An option of this type. */
  public static Option<CidrBlock> option(String name) {
    return Option.of(name, "CIDR block", CidrBlock::parse, CidrBlock::toString);
  }

  /** Whether the address is one of this block. */
  public boolean contains(InetAddress address) {
    return contains(IpBits.of(address));
  }

  boolean contains(IpBits address) {
    return address.isIpV4() == isIpV4() && address.start(prefix).equals(start);
  }

  /** Whether all of its addresses are of IPv4. */
  boolean isIpV4() {
    return start.isIpV4() && prefix >= IpBits.IPV4_PREFIX;
  }

  /** Its first address. */
  IpBits start() {
    return start;
  }

  /** How many bits its addresses have in common, out of 128. */
  int prefix() {
    return prefix;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CidrBlock block && start.equals(block.start) && prefix == block.prefix;
  }

  @Override
  public int hashCode() {
    return Objects.hash(start, prefix);
  }

  /** As {@link #parse} reads it; always with the length of the prefix. */
  @Override
  public String toString() {
    int length = isIpV4() ? prefix - IpBits.IPV4_PREFIX : prefix;
    return NetUtil.toAddressString(start.toAddress()) + "/" + length;
  }
}
