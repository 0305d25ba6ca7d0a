package io.lbtk.zookeeper;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The children of a node as of the last read, and the changes since the last report. Not
 * thread-safe.
 */
final class Children {

  /** A malformed child. */
  private record Bad(String shown, String problem) {}

  private final BadEntries badEntries;

  /** All children by name; empty for those without a target. */
  private final Map<String, Optional<Target>> targets = new HashMap<>();

  /** The malformed children, in the order in which they are logged. */
  private final Map<String, Bad> bad = new TreeMap<>();

  /** The number of children of each {@code host:port}, usually 1. */
  private final Map<String, Integer> uses = new HashMap<>();

  /** The number of targets with several children. */
  private int shared;

  private boolean sharedAtReport;

  /** The children that have changed since the last report, as they were reported. */
  private final Map<String, Optional<Target>> before = new HashMap<>();

  /** Creates an empty set of children. */
  Children(BadEntries badEntries) {
    this.badEntries = badEntries;
  }

  int size() {
    return targets.size();
  }

  boolean haveTarget() {
    return !uses.isEmpty();
  }

  boolean has(String name) {
    return targets.containsKey(name);
  }

  /** Sets a valid child, which may have no target. */
  void put(String name, Optional<Target> target) {
    bad.remove(name);
    set(name, target);
  }

  /**
   * Sets a malformed child.
   *
   * @param shown its data, for the log
   * @param problem the reason, and what was expected
   */
  void putBad(String name, String shown, String problem) {
    set(name, Optional.empty());
    bad.put(name, new Bad(shown, problem));
  }

  /** Removes a child. */
  void remove(String name) {
    bad.remove(name);
    drop(name);
    targets.remove(name);
  }

  /** Removes all children but those with the given names. */
  void retain(Set<String> names) {
    List<String> gone = targets.keySet().stream().filter(name -> !names.contains(name)).toList();
    gone.forEach(this::remove);
  }

  private void set(String name, Optional<Target> target) {
    drop(name);
    targets.put(name, target);
    target.ifPresent(this::use);
  }

  /** Drops the previous state of a child. */
  private void drop(String name) {
    Optional<Target> old = targets.getOrDefault(name, Optional.empty());
    before.putIfAbsent(name, old);
    old.ifPresent(this::release);
  }

  private void use(Target target) {
    if (uses.merge(target.hostPort(), 1, Integer::sum) == 2) {
      shared++;
    }
  }

  private void release(Target target) {
    uses.compute(
        target.hostPort(),
        (key, count) -> {
          if (count == null || count == 1) {
            return null;
          }
          shared -= count == 2 ? 1 : 0;
          return count - 1;
        });
  }

  /**
   * Reports the changes.
   *
   * @param last the last report; null if it was a failure or there is none, for a full report
   * @param source the node, for failures
   * @return a snapshot or a delta; {@code last} if nothing has changed
   */
  Refresh report(@Nullable Refresh last, String source) {
    logBad();
    // If several children have the same target, the order of all of them decides which counts.
    boolean whole = last == null || uses.isEmpty() || shared > 0 || sharedAtReport;
    Refresh report = last == null || whole ? all(source) : difference(last);
    before.clear();
    sharedAtReport = shared > 0;
    return report;
  }

  private void logBad() {
    badEntries.begin();
    bad.forEach((name, entry) -> badEntries.addNamed("child " + name, entry.shown, entry.problem));
    badEntries.end();
  }

  private Refresh all(String source) {
    List<Target> list =
        targets.entrySet().stream()
            .filter(child -> child.getValue().isPresent())
            .sorted(Map.Entry.comparingByKey())
            .map(child -> child.getValue().orElseThrow())
            .toList();
    return badEntries.result(source, list);
  }

  private Refresh difference(Refresh last) {
    List<Target> added = new ArrayList<>();
    Set<String> removed = new HashSet<>();
    before.forEach(
        (name, old) -> {
          Optional<Target> now = targets.getOrDefault(name, Optional.empty());
          if (!now.equals(old)) {
            now.ifPresent(added::add);
            old.ifPresent(target -> removed.add(target.hostPort()));
          }
        });
    return added.isEmpty() && removed.isEmpty() ? last : Refresh.delta(added, removed);
  }
}
