package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changes keys, and tells what that has changed of the targets. */
final class TargetChanges {

  private final KeyedTargets targets;

  /** What counted for each host:port that was touched; null for nothing. */
  private final Map<String, @Nullable Target> before = new LinkedHashMap<>();

  TargetChanges(KeyedTargets targets) {
    this.targets = targets;
  }

  /** Gives a key a target. */
  void put(ByteString key, Target target) {
    touch(targets.at(key));
    touch(target);
    targets.put(key, target);
  }

  /** Takes a key its target, if it has one. */
  void remove(ByteString key) {
    touch(targets.at(key));
    targets.remove(key);
  }

  private void touch(@Nullable Target target) {
    if (target != null && !before.containsKey(target.hostPort())) {
      before.put(target.hostPort(), targets.get(target.hostPort()));
    }
  }

  /** The difference to what was there before; it may be empty. */
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
