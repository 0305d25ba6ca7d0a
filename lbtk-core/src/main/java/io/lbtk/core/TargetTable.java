package io.lbtk.core;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Verdict;
import io.lbtk.core.TableEntry.Standing;
import java.util.Collection;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All targets of a generator, their standing, and the policies that pick among them.
 *
 * <p>Guarded by the generator's lock, but for {@link #find} and {@link #entry}: the map of entries
 * can grow outside of the lock, since the growth of a map of a million takes longer than a pick
 * may.
 */
final class TargetTable {

  private final ConcurrentHashMap<String, TableEntry> entries = new ConcurrentHashMap<>();
  private final TreeMap<Integer, Tier> tiers = new TreeMap<>();
  private final Policy policy;
  private final Consumer<String> gone;

  /** The values of {@link #tiers}, so that a pick needs no iterator. */
  private Tier[] tierOrder = {};

  private int listed;
  private int pickable;
  private int limited;

  /**
   * An empty table.
   *
   * @param policy the model of the policies of all tiers; is itself never told of a target
   * @param gone is told the host:port of each target that may no longer be picked, for any reason
   *     but a limit
   */
  TargetTable(Policy policy, Consumer<String> gone) {
    this.policy = policy;
    this.gone = gone;
  }

  /** The entry of a host:port, listed or not. Any thread. */
  @Nullable TableEntry find(String hostPort) {
    return entries.get(hostPort);
  }

  /** The entry of a target, made if there is none. Any thread. */
  TableEntry entry(Target target) {
    String hostPort = target.hostPort();
    // A map that is growing lets everybody help who computes, but nobody who only looks.
    TableEntry known = entries.get(hostPort);
    return known != null
        ? known
        : entries.computeIfAbsent(hostPort, absent -> new TableEntry(target));
  }

  /** All entries, listed or not. Any thread; weakly consistent. */
  Collection<TableEntry> entries() {
    return entries.values();
  }

  int listed() {
    return listed;
  }

  int pickable() {
    return pickable;
  }

  /** Adds the target, or puts it in place of what its entry had. */
  void put(TableEntry found, Target target) {
    // A release may have dropped the entry since it was looked up outside of the lock.
    TableEntry known = entries.get(found.hostPort);
    TableEntry entry =
        known != null ? known : entries.computeIfAbsent(found.hostPort, hostPort -> found);
    entry.seenIn = found.seenIn;
    Standing standingBefore = entry.standing;
    Target before = entry.target();
    entry.target(target);
    Tier tier = entry.tier;
    if (tier == null) {
      enter(entry);
    } else if (target.priority() != before.priority()) {
      leave(entry, tier);
      enter(entry);
    } else {
      tier.policy.changed(entry, before);
      review(entry, tier);
    }
    tellIfGone(entry, standingBefore);
  }

  /** Takes the target out of the table. Its live connections go on being counted. */
  void remove(TableEntry entry) {
    Tier tier = entry.tier;
    if (tier == null) {
      return;
    }
    Standing standingBefore = entry.standing;
    leave(entry, tier);
    entry.forgetVerdicts();
    tellIfGone(entry, standingBefore);
    dropIfDone(entry);
  }

  /**
   * Notes what somebody says of a target.
   *
   * @return whether the target is listed; if not, nothing is noted
   */
  boolean judge(TableEntry entry, Verdict verdict) {
    Tier tier = entry.tier;
    if (tier == null) {
      return false;
    }
    Standing standingBefore = entry.standing;
    entry.judge(verdict);
    review(entry, tier);
    tellIfGone(entry, standingBefore);
    return true;
  }

  private void enter(TableEntry entry) {
    int priority = entry.target().priority();
    Tier tier = tiers.get(priority);
    if (tier == null) {
      tier = new Tier(priority, policy.emptyCopy());
      tiers.put(priority, tier);
      tierOrder = tiers.values().toArray(new Tier[0]);
    }
    entry.tier = tier;
    entry.standing = Standing.PICKABLE;
    tier.size++;
    listed++;
    count(tier, Standing.PICKABLE, 1);
    tier.policy.added(entry);
    review(entry, tier);
  }

  private void leave(TableEntry entry, Tier tier) {
    tier.policy.removed(entry);
    entry.attach(null);
    count(tier, entry.standing, -1);
    entry.standing = Standing.OUT;
    entry.tier = null;
    listed--;
    if (--tier.size == 0) {
      tiers.remove(tier.priority);
      tierOrder = tiers.values().toArray(new Tier[0]);
    }
  }

  /** Makes the standing of a listed entry what weight and verdicts say. */
  private void review(TableEntry entry, Tier tier) {
    Standing before = entry.standing;
    Standing now = entry.judgedStanding();
    if (before == now) {
      return;
    }
    count(tier, before, -1);
    count(tier, now, 1);
    entry.standing = now;
    if (now == Standing.PICKABLE) {
      tier.policy.resumed(entry);
    } else if (before == Standing.PICKABLE) {
      tier.policy.suspended(entry);
    }
  }

  private void tellIfGone(TableEntry entry, Standing before) {
    if (before != Standing.OUT && entry.standing == Standing.OUT) {
      gone.accept(entry.hostPort);
    }
  }

  private void count(Tier tier, Standing standing, int difference) {
    switch (standing) {
      case PICKABLE -> {
        tier.pickable += difference;
        pickable += difference;
      }
      case LIMITED -> limited += difference;
      case OUT -> {}
    }
  }

  /** Picks for a demand in the first tier that has something for it; null if none has. */
  @Nullable TableEntry pick(Demand demand) {
    if (pickable == 0) {
      return null;
    }
    for (Tier tier : tierOrder) {
      if (tier.pickable > 0) {
        Candidate candidate = tier.policy.pick(demand);
        if (candidate != null) {
          return (TableEntry) candidate;
        }
      }
    }
    return null;
  }

  /** Why there was no pick for the demand. */
  Shortage shortage(Demand demand) {
    int within = limited;
    for (String hostPort : demand.excluded()) {
      TableEntry entry = entries.get(hostPort);
      if (entry != null && entry.standing == Standing.LIMITED) {
        within--;
      }
    }
    if (within > 0) {
      return Shortage.BUSY;
    }
    return pickable > 0 ? Shortage.EXCLUDED : Shortage.EMPTY;
  }

  /** Counts a connection to the entry. */
  void taken(TableEntry entry) {
    entry.addLive(1);
    if (entry.tier != null) {
      entry.tier.policy.taken(entry);
    }
  }

  /** Counts a connection to the entry no more. */
  void released(TableEntry entry, Outcome outcome) {
    entry.addLive(-1);
    if (entry.tier != null) {
      entry.tier.policy.released(entry, outcome);
    }
    dropIfDone(entry);
  }

  private void dropIfDone(TableEntry entry) {
    if (!entry.isListed() && entry.live() == 0) {
      entries.remove(entry.hostPort, entry);
    }
  }
}
