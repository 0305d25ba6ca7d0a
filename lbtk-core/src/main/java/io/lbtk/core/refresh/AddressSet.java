package io.lbtk.core.refresh;

import io.lbtk.api.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of targets by host and port. It allocates no object per target, so that a list of a million
 * is checked in a fraction of a second.
 */
final class AddressSet {

  /** The longest probe sequence: more collisions are an attack, and go to the overflow set. */
  private static final int MAX_PROBES = 64;

  private final @Nullable Target[] slots;
  private final int shift;
  private final Set<String> overflow = new HashSet<>();

  /** Creates a set with room for {@code size} targets. */
  AddressSet(int size) {
    int bits = Math.max(4, 33 - Integer.numberOfLeadingZeros(Math.max(1, size)));
    this.slots = new Target[1 << Math.min(bits, 30)];
    this.shift = 32 - Math.min(bits, 30);
  }

  static AddressSet of(List<Target> targets) {
    AddressSet set = new AddressSet(targets.size());
    targets.forEach(set::add);
    return set;
  }

  /** Adds a target, and returns whether there was none of its host:port. */
  boolean add(Target target) {
    int slot = slot(target);
    for (int i = 0; i < MAX_PROBES; i++, slot = (slot + 1) & (slots.length - 1)) {
      Target there = slots[slot];
      if (there == null) {
        slots[slot] = target;
        return true;
      }
      if (isSame(there, target)) {
        return false;
      }
    }
    return overflow.add(target.hostPort());
  }

  boolean contains(Target target) {
    int slot = slot(target);
    for (int i = 0; i < MAX_PROBES; i++, slot = (slot + 1) & (slots.length - 1)) {
      Target there = slots[slot];
      if (there == null) {
        return false;
      }
      if (isSame(there, target)) {
        return true;
      }
    }
    return overflow.contains(target.hostPort());
  }

  private int slot(Target target) {
    int hash = (target.host().hashCode() * 31 + target.port()) * 0x9E3779B9;
    return hash >>> shift;
  }

  private static boolean isSame(Target one, Target other) {
    return one.port() == other.port() && one.host().equals(other.host());
  }
}
