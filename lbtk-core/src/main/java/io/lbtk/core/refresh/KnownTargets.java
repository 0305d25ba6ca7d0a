package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The targets that were reported so far, without doubles. It is only the last list, shared with the
 * report, until a delta comes: then it is a map, so that small deltas stay cheap.
 */
final class KnownTargets {

  private List<Target> list;
  private @Nullable Map<String, Target> index;

  KnownTargets() {
    this(List.of());
  }

  KnownTargets(List<Target> list) {
    this.list = list;
  }

  int size() {
    return index == null ? list.size() : index.size();
  }

  boolean isEmpty() {
    return size() == 0;
  }

  boolean contains(String hostPort) {
    return index().containsKey(hostPort);
  }

  List<Target> list() {
    return index == null ? list : new ArrayList<>(index.values());
  }

  /** The host:port of each. */
  Set<String> names() {
    return index == null ? names(list) : index.keySet();
  }

  static Set<String> names(List<Target> targets) {
    Set<String> names = new HashSet<>(targets.size() * 2);
    targets.forEach(target -> names.add(target.hostPort()));
    return names;
  }

  KnownTargets copy() {
    return new KnownTargets(list());
  }

  /** Takes over a snapshot or a delta; a failure changes nothing. */
  void apply(Refresh refresh) {
    if (refresh instanceof Refresh.Snapshot snapshot) {
      list = snapshot.targets();
      index = null;
    } else if (refresh instanceof Refresh.Delta delta) {
      Map<String, Target> targets = index();
      delta.removed().forEach(targets::remove);
      delta.added().forEach(target -> targets.put(target.hostPort(), target));
    }
  }

  private Map<String, Target> index() {
    if (index == null) {
      index = new LinkedHashMap<>(list.size() * 2);
      for (Target target : list) {
        index.put(target.hostPort(), target);
      }
      list = List.of();
    }
    return index;
  }
}
