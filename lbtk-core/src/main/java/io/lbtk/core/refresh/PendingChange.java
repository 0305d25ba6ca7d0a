package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Several deltas, which become one. */
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

  /** How many names it speaks of. */
  int size() {
    return added.size() + removed.size();
  }

  /** How many names it removes, known or not. */
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
