package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Several changes that become one: a delta while there are only deltas, else a snapshot. */
final class PendingChange {

  private @Nullable KnownTargets base;
  private final Map<String, Target> added = new LinkedHashMap<>();
  private final Set<String> removed = new HashSet<>();

  void add(Refresh refresh) {
    if (refresh instanceof Refresh.Snapshot) {
      base = new KnownTargets();
    }
    if (base != null) {
      base.apply(refresh);
    } else if (refresh instanceof Refresh.Delta delta) {
      add(delta);
    }
  }

  private void add(Refresh.Delta delta) {
    for (String hostPort : delta.removed()) {
      added.remove(hostPort);
      removed.add(hostPort);
    }
    for (Target target : delta.added()) {
      removed.remove(target.hostPort());
      added.put(target.hostPort(), target);
    }
  }

  Refresh toRefresh() {
    return base != null
        ? Refresh.snapshot(base.list())
        : Refresh.delta(new ArrayList<>(added.values()), removed);
  }
}
