package io.lbtk.proxy.limits;

import io.lbtk.api.Option;
import io.lbtk.net.IpBits;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Objects;

/**
 * A block of IP addresses with a common prefix, {@code 10.0.0.0/8} or {@code 2001:db8::/32} (RFC
 * 4632; RFC 4291, 2.3). A single address is a block, too. Immutable.
 *
 * <p>An IPv4 address mapped to IPv6 ({@code ::ffff:10.0.0.1}) is treated as an IPv4 address. A
 * block of IPv6 never contains an IPv4 address, not even {@code ::/0}.
 */
public final class CidrBlock {

  private static final int BITS = 2 * Long.SIZE;

  private final IpBits start;

  /** Length of the prefix out of 128 bits, for IPv4, too. */
  private final int prefix;

  private CidrBlock(IpBits start, int prefix) {
    this.start = start;
    this.prefix = prefix;
  }

  /**
   * Parses {@code address/prefix}, or a single address.
   *
   * @throws IllegalArgumentException if the text is neither, or if the address has bits after the
   *     prefix; the message contains the text and the expected form
   */
  public static CidrBlock parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = IpBits.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw wrong(text, "an address and the length of a prefix, 10.0.0.0/8 or 2001:db8::/32");
    }
    // A mapped address has a prefix of IPv6 length, although Java converts it to IPv4.
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
        "\"%s\" is not a block of addresses (expected: %s)".formatted(text, expected));
  }

  /** Returns an option of this type. */
  public static Option<CidrBlock> option(String name) {
    return Option.of(name, "CIDR block", CidrBlock::parse, CidrBlock::toString);
  }

  /** Returns whether the address is in this block. */
  public boolean contains(InetAddress address) {
    return contains(IpBits.of(address));
  }

  boolean contains(IpBits address) {
    return address.isIpV4() == isIpV4() && address.start(prefix).equals(start);
  }

  /** Returns whether this is a block of IPv4. */
  boolean isIpV4() {
    return start.isIpV4() && prefix >= IpBits.IPV4_PREFIX;
  }

  /** Returns the first address of this block. */
  IpBits start() {
    return start;
  }

  /** Returns the length of the prefix, out of 128 bits. */
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

  /** Returns the form that {@link #parse} accepts, always with the length of the prefix. */
  @Override
  public String toString() {
    int length = isIpV4() ? prefix - IpBits.IPV4_PREFIX : prefix;
    return NetUtil.toAddressString(start.toAddress()) + "/" + length;
  }
}
