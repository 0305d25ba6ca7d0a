package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Merges several deltas into one. */
final class PendingChange {

  private final Map<String, Target> added = new LinkedHashMap<>();
  private final Set<String> removed = new HashSet<>();

  void add(Refresh.Delta delta) {
    for (String hostPort : delta.removed()) {
      added.remove(hostPort);
      removed.add(hostPort);
    }
    for (Target target : delta.added()) {
      removed.remove(target.hostPort());
      added.put(target.hostPort(), target);
    }
  }

  /** Returns the number of names that are added or removed. */
  int size() {
    return added.size() + removed.size();
  }

  /** Returns the number of names that are removed, known or not. */
  int removed() {
    return removed.size();
  }

  void clear() {
    added.clear();
    removed.clear();
  }

  Refresh.Delta toDelta() {
    return new Refresh.Delta(new ArrayList<>(added.values()), removed);
  }
}
