package io.lbtk.core;

import io.lbtk.api.Demand;
import io.lbtk.api.Shortage;
import io.lbtk.api.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The queue of demands that could not be served at once, first come, first served.
 *
 * <p>Demands that exclude the same targets form a group: a target can serve either all of them or
 * none, and all wait for the same reason. Every queued group excludes all targets that are pickable
 * now, otherwise it would have been served. So only a target that has just become pickable can
 * serve a group, and a count of the groups that exclude that target tells whether it does, without
 * looking at any group. The cost of a change that serves no demand is therefore independent of the
 * number of demands.
 *
 * <p>Guarded by the generator's lock.
 */
final class DemandQueue {

  /**
   * Receives the results of demands. Called with the lock held, after the demand has left the
   * queue.
   */
  interface Answers {

    /** Called when the demand gets this target, whose connection is already counted. */
    void granted(WaitingDemand demanded, TableEntry entry);

    /** Called when the demand ends without a target. */
    void refused(WaitingDemand demanded, Shortage shortage);

    /** Called when the policy threw an exception while picking for this demand. */
    void failed(WaitingDemand demanded, Throwable failure);

    /** Called when the demand stays queued, for another reason than before. */
    void reportShortage(WaitingDemand demanded, Shortage shortage);
  }

  private final TargetTable table;
  private final Answers answers;

  private final Map<String, Group> groups = new HashMap<>();

  /** The groups by the sequence number of their first demand. */
  private final TreeMap<Long, Group> order = new TreeMap<>();

  /** The groups that wait for {@link Shortage#EMPTY}. */
  private final Set<Group> empty = new LinkedHashSet<>();

  /** The number of groups that exclude each target, by host:port. */
  private final Map<String, Integer> excluding = new HashMap<>();

  private long nextPlace;

  DemandQueue(TargetTable table, Answers answers) {
    this.table = table;
    this.answers = answers;
  }

  /** A queued demand. Guarded by the generator's lock, except for its future. */
  static final class WaitingDemand {

    final Demand demand;
    final CompletableFuture<Token> future = new CompletableFuture<>();

    /** The timer that fails the demand at its timeout. */
    @Nullable Future<?> expiry;

    /** The sequence number, in order of arrival. */
    private long place;

    /** The group that holds the demand; null while it is not in the queue. */
    private @Nullable Group group;

    WaitingDemand(Demand demand) {
      this.demand = demand;
    }
  }

  /** The demands that exclude the same targets. */
  private static final class Group {
    private final String key;
    private final Set<String> excluded;
    private final LinkedHashSet<WaitingDemand> demands = new LinkedHashSet<>();
    private Shortage shortage;

    private Group(String key, Set<String> excluded, Shortage shortage) {
      this.key = key;
      this.excluded = excluded;
      this.shortage = shortage;
    }

    private WaitingDemand first() {
      return demands.iterator().next();
    }
  }

  /**
   * Adds a demand at the end.
   *
   * @param shortage the reason why it waits, as reported to its observer
   */
  void add(WaitingDemand demanded, Shortage shortage) {
    demanded.place = nextPlace++;
    String key = key(demanded.demand);
    Group group = groups.get(key);
    if (group == null) {
      group = new Group(key, demanded.demand.excluded(), shortage);
      open(group, demanded.place);
    }
    group.demands.add(demanded);
    demanded.group = group;
  }

  /** Returns equal strings for equal sets. A comparable key keeps the map fast on collisions. */
  private static String key(Demand demand) {
    return demand.excluded().isEmpty() ? "" : String.join(" ", new TreeSet<>(demand.excluded()));
  }

  private void open(Group group, long place) {
    groups.put(group.key, group);
    order.put(place, group);
    group.excluded.forEach(hostPort -> excluding.merge(hostPort, 1, Integer::sum));
    if (group.shortage == Shortage.EMPTY) {
      empty.add(group);
    }
  }

  private void close(Group group) {
    groups.remove(group.key);
    empty.remove(group);
    for (String hostPort : group.excluded) {
      excluding.computeIfPresent(hostPort, (name, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Removes a demand, and returns whether it was queued. */
  boolean remove(WaitingDemand demanded) {
    Group group = demanded.group;
    if (group == null) {
      return false;
    }
    leave(group, demanded);
    return true;
  }

  private void leave(Group group, WaitingDemand demanded) {
    boolean first = group.first() == demanded;
    group.demands.remove(demanded);
    demanded.group = null;
    if (first) {
      order.remove(demanded.place);
      if (group.demands.isEmpty()) {
        close(group);
      } else {
        order.put(group.first().place, group);
      }
    }
  }

  /** Removes all demands, and returns them in order. */
  List<WaitingDemand> clear() {
    TreeMap<Long, WaitingDemand> all = new TreeMap<>();
    for (Group group : groups.values()) {
      for (WaitingDemand demanded : group.demands) {
        all.put(demanded.place, demanded);
        demanded.group = null;
      }
    }
    groups.clear();
    order.clear();
    empty.clear();
    excluding.clear();
    return new ArrayList<>(all.values());
  }

  /** Serves or fails the demands that the latest changes of the table affect. */
  void serve() {
    List<TableEntry> resumed = table.takeResumed();
    boolean limitsChanged = table.takeLimitsChanged();
    if (groups.isEmpty()) {
      return;
    }
    if (canServeAny(resumed)) {
      grant(resumed);
    }
    if (limitsChanged && table.limited() <= Demand.MAX_EXCLUDED) {
      review(groups.values());
    } else if (limitsChanged || !resumed.isEmpty()) {
      // No group can exclude all limited targets, so those that wait for one still do.
      review(empty);
    }
  }

  /** Returns whether any group accepts any of these targets. */
  private boolean canServeAny(List<TableEntry> resumed) {
    for (TableEntry entry : resumed) {
      if (entry.isPickable() && excluding.getOrDefault(entry.hostPort, 0) < groups.size()) {
        return true;
      }
    }
    return false;
  }

  private void grant(List<TableEntry> resumed) {
    Map.Entry<Long, Group> next = order.firstEntry();
    while (next != null && table.pickable() > 0) {
      Group group = next.getValue();
      if (isServedByAny(group, resumed)) {
        grantFirst(group);
      }
      next = order.higherEntry(next.getKey());
    }
  }

  private static boolean isServedByAny(Group group, List<TableEntry> resumed) {
    for (TableEntry entry : resumed) {
      if (entry.isPickable() && !group.excluded.contains(entry.hostPort)) {
        return true;
      }
    }
    return false;
  }

  private void grantFirst(Group group) {
    WaitingDemand demanded = group.first();
    TableEntry entry;
    try {
      entry = table.take(demanded.demand);
    } catch (Throwable e) {
      leave(group, demanded);
      answers.failed(demanded, e);
      return;
    }
    if (entry != null) {
      leave(group, demanded);
      answers.granted(demanded, entry);
    }
  }

  /** Updates the shortage of these groups after limited or pickable targets have changed. */
  private void review(Iterable<Group> reviewed) {
    List<Group> all = new ArrayList<>();
    reviewed.forEach(all::add);
    for (Group group : all) {
      Shortage shortage = table.shortage(group.excluded);
      if (shortage == Shortage.EXCLUDED) {
        refuse(group);
      } else if (shortage != group.shortage) {
        move(group, shortage);
      }
    }
  }

  private void refuse(Group group) {
    order.remove(group.first().place);
    close(group);
    for (WaitingDemand demanded : group.demands) {
      demanded.group = null;
      answers.refused(demanded, Shortage.EXCLUDED);
    }
  }

  private void move(Group group, Shortage shortage) {
    group.shortage = shortage;
    if (shortage == Shortage.EMPTY) {
      empty.add(group);
    } else {
      empty.remove(group);
    }
    group.demands.forEach(demanded -> answers.reportShortage(demanded, shortage));
  }
}
