package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Targets by their keys. If several keys hold the same {@code host:port}, the last one in key order
 * counts.
 */
final class KeyedTargets {

  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();

  private final Map<ByteString, Target> targets = new HashMap<>();

  /** The key of each {@code host:port}; the last one if there are several. */
  private final Map<String, ByteString> keys = new HashMap<>();

  /** All keys of each {@code host:port} that has several. */
  private final Map<String, NavigableSet<ByteString>> duplicates = new HashMap<>();

  /** Returns the target that counts for a {@code host:port}; null if there is none. */
  @Nullable Target get(String hostPort) {
    ByteString key = keys.get(hostPort);
    return key == null ? null : targets.get(key);
  }

  /** Returns the target of a key; null if there is none. */
  @Nullable Target at(ByteString key) {
    return targets.get(key);
  }

  /** Sets the target of a key. */
  void put(ByteString key, Target target) {
    remove(key);
    targets.put(key, target);
    String hostPort = target.hostPort();
    ByteString other = keys.put(hostPort, key);
    if (other != null) {
      NavigableSet<ByteString> all =
          duplicates.computeIfAbsent(hostPort, name -> new TreeSet<>(ORDER));
      all.add(other);
      all.add(key);
      keys.put(hostPort, all.last());
    }
  }

  /** Removes the target of a key, if any. */
  void remove(ByteString key) {
    Target before = targets.remove(key);
    if (before != null) {
      unlink(key, before.hostPort());
    }
  }

  private void unlink(ByteString key, String hostPort) {
    NavigableSet<ByteString> all = duplicates.get(hostPort);
    if (all == null) {
      keys.remove(hostPort);
      return;
    }
    all.remove(key);
    keys.put(hostPort, all.last());
    if (all.size() == 1) {
      duplicates.remove(hostPort);
    }
  }

  /** Returns the number of keys with a target. */
  int size() {
    return targets.size();
  }

  /** Returns whether both have the same targets under the same keys. */
  boolean isSameAs(KeyedTargets others) {
    return targets.equals(others.targets);
  }

  /** Applies changes of keys, and computes the resulting delta of the targets. */
  static final class Changes {

    private final KeyedTargets targets;

    /** The target of each touched {@code host:port} before the changes; null for none. */
    private final Map<String, @Nullable Target> before = new LinkedHashMap<>();

    Changes(KeyedTargets targets) {
      this.targets = targets;
    }

    /** Sets the target of a key. */
    void put(ByteString key, Target target) {
      touch(targets.at(key));
      touch(target);
      targets.put(key, target);
    }

    /** Removes the target of a key, if any. */
    void remove(ByteString key) {
      touch(targets.at(key));
      targets.remove(key);
    }

    private void touch(@Nullable Target target) {
      if (target != null && !before.containsKey(target.hostPort())) {
        before.put(target.hostPort(), targets.get(target.hostPort()));
      }
    }

    /** Returns the difference to the targets before the changes; may be empty. */
    Refresh.Delta delta() {
      List<Target> added = new ArrayList<>();
      Set<String> removed = new HashSet<>();
      before.forEach(
          (hostPort, old) -> {
            Target now = targets.get(hostPort);
            if (now == null && old != null) {
              removed.add(hostPort);
            } else if (now != null && !now.equals(old)) {
              added.add(now);
            }
          });
      return new Refresh.Delta(added, removed);
    }
  }
}
