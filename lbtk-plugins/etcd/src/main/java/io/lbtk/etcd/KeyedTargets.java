package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.lbtk.api.Target;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The targets, by the keys that they stand under. Where several keys hold the same host:port, the
 * last of them counts, as in any list.
 */
final class KeyedTargets {

  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();

  private final Map<ByteString, Target> targets = new HashMap<>();

  /** The key of each host:port, and the last one where there are several. */
  private final Map<String, ByteString> keys = new HashMap<>();

  /** All keys of a host:port that has several. */
  private final Map<String, NavigableSet<ByteString>> doubles = new HashMap<>();

  /** The target that counts for a host:port; null if there is none. */
  @Nullable Target get(String hostPort) {
    ByteString key = keys.get(hostPort);
    return key == null ? null : targets.get(key);
  }

  /** The target that stands under a key; null if there is none. */
  @Nullable Target at(ByteString key) {
    return targets.get(key);
  }

  /** Takes a target in, in place of what its key had before. */
  void put(ByteString key, Target target) {
    remove(key);
    targets.put(key, target);
    String hostPort = target.hostPort();
    ByteString other = keys.put(hostPort, key);
    if (other != null) {
      NavigableSet<ByteString> all =
          doubles.computeIfAbsent(hostPort, name -> new TreeSet<>(ORDER));
      all.add(other);
      all.add(key);
      keys.put(hostPort, all.last());
    }
  }

  /** Removes what a key has. */
  void remove(ByteString key) {
    Target before = targets.remove(key);
    if (before != null) {
      unlink(key, before.hostPort());
    }
  }

  private void unlink(ByteString key, String hostPort) {
    NavigableSet<ByteString> all = doubles.get(hostPort);
    if (all == null) {
      keys.remove(hostPort);
      return;
    }
    all.remove(key);
    keys.put(hostPort, all.last());
    if (all.size() == 1) {
      doubles.remove(hostPort);
    }
  }

  /** How many keys hold a target. */
  int size() {
    return targets.size();
  }

  /** Whether the same keys hold the same targets. */
  boolean isSameAs(KeyedTargets others) {
    return targets.equals(others.targets);
  }
}
