package io.lbtk.proxy.limits;

import io.lbtk.net.IpBits;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** A set of address blocks. A lookup takes time logarithmic in their number. Immutable. */
public final class CidrList {

  private static final Comparator<CidrBlock> BY_START_THEN_LARGEST =
      Comparator.comparing(CidrBlock::start).thenComparingInt(CidrBlock::prefix);

  private final List<CidrBlock> ipV4;
  private final List<CidrBlock> ipV6;

  /** Creates a set of these blocks, which may overlap. */
  public CidrList(Collection<CidrBlock> blocks) {
    this.ipV4 = disjoint(blocks.stream().filter(CidrBlock::isIpV4).toList());
    this.ipV6 = disjoint(blocks.stream().filter(block -> !block.isIpV4()).toList());
  }

  /** Returns blocks that do not overlap. Two blocks of one family are either disjoint or nested. */
  private static List<CidrBlock> disjoint(List<CidrBlock> blocks) {
    List<CidrBlock> kept = new ArrayList<>();
    for (CidrBlock block : blocks.stream().sorted(BY_START_THEN_LARGEST).toList()) {
      if (kept.isEmpty() || !kept.get(kept.size() - 1).contains(block.start())) {
        kept.add(block);
      }
    }
    return List.copyOf(kept);
  }

  /** Returns whether there are no blocks. */
  public boolean isEmpty() {
    return ipV4.isEmpty() && ipV6.isEmpty();
  }

  /** Returns whether the address is in one of the blocks. */
  public boolean contains(InetAddress address) {
    IpBits bits = IpBits.of(address);
    List<CidrBlock> blocks = bits.isIpV4() ? ipV4 : ipV6;
    int from = 0;
    int to = blocks.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (blocks.get(middle).start().compareTo(bits) <= 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from > 0 && blocks.get(from - 1).contains(bits);
  }

  @Override
  public String toString() {
    return ipV4 + " " + ipV6;
  }
}
