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
 * report, and what the deltas since have changed; a map is made of it when somebody needs one, or
 * when the deltas have become many.
 *
 * <p>Used by one thread at a time.
 */
public final class KnownTargets {

  private static final int MANY = 1000;

  private List<Target> list;
  private final PendingChange since = new PendingChange();
  private @Nullable Map<String, Target> index;

  /** None yet. */
  public KnownTargets() {
    this(List.of());
  }

  KnownTargets(List<Target> list) {
    this.list = list;
  }

  int size() {
    return isOneList() ? list.size() : index().size();
  }

  /** So many there are at least; costs nothing. */
  int sizeAtLeast() {
    return index == null ? list.size() - since.removed() : index.size();
  }

  boolean contains(String hostPort) {
    return index().containsKey(hostPort);
  }

  /** All of them, in no order that could be relied on. */
  public List<Target> list() {
    return isOneList() ? list : new ArrayList<>(index().values());
  }

  /** The host:port of each. */
  Set<String> names() {
    Set<String> names = new HashSet<>();
    list().forEach(target -> names.add(target.hostPort()));
    return names;
  }

  /** How many of these are not among others. */
  int missingIn(KnownTargets others) {
    AddressSet there = AddressSet.of(others.list());
    return (int) list().stream().filter(target -> !there.contains(target)).count();
  }

  KnownTargets copy() {
    return new KnownTargets(list());
  }

  /** Takes over a snapshot or a delta; a failure changes nothing. */
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
