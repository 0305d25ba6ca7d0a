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
 * The targets that were reported so far, without duplicates. They are stored as the last snapshot,
 * shared with the report, and the deltas since; a map is built only when it is needed, or when the
 * deltas have become many.
 *
 * <p>Used by one thread at a time.
 */
public final class KnownTargets {

  private static final int MANY = 1000;

  private List<Target> list;
  private final PendingChange since = new PendingChange();
  private @Nullable Map<String, Target> index;

  /** Creates an empty set. */
  public KnownTargets() {
    this(List.of());
  }

  KnownTargets(List<Target> list) {
    this.list = list;
  }

  int size() {
    return isOneList() ? list.size() : index().size();
  }

  /** Returns a lower bound of the size, in constant time. */
  int sizeAtLeast() {
    return index == null ? list.size() - since.removed() : index.size();
  }

  boolean contains(String hostPort) {
    return index().containsKey(hostPort);
  }

  /** Returns all targets, in unspecified order. */
  public List<Target> list() {
    return isOneList() ? list : new ArrayList<>(index().values());
  }

  /** Returns the host:port of each target. */
  Set<String> names() {
    Set<String> names = new HashSet<>();
    list().forEach(target -> names.add(target.hostPort()));
    return names;
  }

  /** Returns the number of these targets that the others lack. */
  int missingIn(KnownTargets others) {
    AddressSet there = AddressSet.of(others.list());
    return (int) list().stream().filter(target -> !there.contains(target)).count();
  }

  KnownTargets copy() {
    return new KnownTargets(list());
  }

  /** Applies a snapshot or a delta; a failure changes nothing. */
  public void apply(Refresh refresh) {
    if (refresh instanceof Refresh.Snapshot snapshot) {
      list = snapshot.targets();
      since.clear();
      index = null;
    } else if (refresh instanceof Refresh.Delta delta) {
      apply(delta);
    }
  }

  private void apply(Refresh.Delta delta) {
    if (index != null) {
      apply(delta, index);
      return;
    }
    since.add(delta);
    if (since.size() > MANY + list.size() / 8) {
      index();
    }
  }

  private static void apply(Refresh.Delta delta, Map<String, Target> targets) {
    delta.removed().forEach(targets::remove);
    delta.added().forEach(target -> targets.put(target.hostPort(), target));
  }

  private boolean isOneList() {
    return index == null && since.size() == 0;
  }

  private Map<String, Target> index() {
    if (index == null) {
      Map<String, Target> targets = new LinkedHashMap<>(list.size() * 2);
      for (Target target : list) {
        targets.put(target.hostPort(), target);
      }
      apply(since.toDelta(), targets);
      since.clear();
      list = List.of();
      index = targets;
    }
    return index;
  }
}
