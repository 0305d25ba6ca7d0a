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
 * The children of a node as they were read last, and what that changed since they were reported.
 * Used by one thread at a time.
 */
final class Children {

  /** One that holds no target. */
  private record Bad(String shown, String problem) {}

  private final BadEntries badEntries;

  /** Each child; those that are no target, whether they should be or not, have none. */
  private final Map<String, Optional<Target>> targets = new HashMap<>();

  /** In the order of their names, as they are told. */
  private final Map<String, Bad> bad = new TreeMap<>();

  /** How many children have a target; most have one, and each another. */
  private final Map<String, Integer> uses = new HashMap<>();

  /** How many targets more than one child has. */
  private int shared;

  private boolean sharedAtReport;

  /** What children that changed since the last report had been then. */
  private final Map<String, Optional<Target>> before = new HashMap<>();

  /** None, at first. */
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

  /** A child holds a target, or is as it should be and holds none. */
  void put(String name, Optional<Target> target) {
    bad.remove(name);
    set(name, target);
  }

  /**
   * A child holds no target, though it should.
   *
   * @param shown what it holds, for people
   * @param problem what is wrong with it, and what was expected
   */
  void putBad(String name, String shown, String problem) {
    set(name, Optional.empty());
    bad.put(name, new Bad(shown, problem));
  }

  /** A child is gone. */
  void remove(String name) {
    bad.remove(name);
    leave(name);
    targets.remove(name);
  }

  /** All others are gone. */
  void retain(Set<String> names) {
    List<String> gone = targets.keySet().stream().filter(name -> !names.contains(name)).toList();
    gone.forEach(this::remove);
  }

  private void set(String name, Optional<Target> target) {
    leave(name);
    targets.put(name, target);
    target.ifPresent(this::use);
  }

  /** A child is no more what it was. */
  private void leave(String name) {
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
   * The difference to the last report.
   *
   * @param last the last report, null if it was a failure or there is none: then all is reported
   * @param source where the children are, for a failure
   * @return the last once more if nothing has changed
   */
  Refresh report(@Nullable Refresh last, String source) {
    tellBad();
    // Which of several children counts for a target is told by the order of all.
    boolean whole = last == null || uses.isEmpty() || shared > 0 || sharedAtReport;
    Refresh report = last == null || whole ? all(source) : difference(last);
    before.clear();
    sharedAtReport = shared > 0;
    return report;
  }

  private void tellBad() {
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
