package io.lbtk.core;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.api.Verdict;
import io.lbtk.core.TableEntry.Standing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a generator, their standing, and the policies that pick among them.
 *
 * <p>Guarded by the generator's lock, except for {@link #find} and {@link #entry}: the map of
 * entries grows outside of the lock, since resizing a map of a million entries takes longer than a
 * pick may wait.
 */
final class TargetTable {

  /** More than one call can add, so that the queue shrinks, but few enough for one lock hold. */
  private static final int FORGOTTEN_AT_ONCE = 128;

  private final ConcurrentHashMap<String, TableEntry> entries = new ConcurrentHashMap<>();
  private final TreeMap<Integer, Tier> tiers = new TreeMap<>();
  private final Policy policy;
  private final long memoryNanos;
  private final Ticker ticker;
  private final Consumer<String> gone;

  /** The entries that are not listed but have verdicts, in the order of expiry. */
  private final Deque<Unlisted> remembered = new ArrayDeque<>();

  /** The values of {@link #tiers}as an array, so that a pick allocates no iterator. */
  private Tier[] tierOrder = {};

  /** The entries that have become pickable since the last {@link #takeResumed}. */
  private List<TableEntry> resumed = new ArrayList<>();

  private boolean limitsChanged;
  private int listed;
  private int pickable;
  private int limited;

  /**
   * Creates an empty table.
   *
   * @param policy the prototype of the policies of all tiers, which never gets a target itself
   * @param memory the time for which verdicts on a target that is not listed are kept
   * @param gone the consumer of the host:port of each target that may no longer be picked, for any
   *     reason except a limit
   */
  TargetTable(Policy policy, Duration memory, Ticker ticker, Consumer<String> gone) {
    this.policy = policy;
    this.memoryNanos = memory.toNanos();
    this.ticker = ticker;
    this.gone = gone;
  }

  /** An entry whose verdicts are kept; obsolete if it was judged or listed again since. */
  private record Unlisted(TableEntry entry, long since) {}

  /** The targets of one priority, with a policy of their own. Guarded by the generator's lock. */
  static final class Tier {

    private final int priority;
    private final Policy policy;

    /** The number of targets. */
    private int size;

    /** The number of targets that may be picked. */
    private int pickable;

    Tier(int priority, Policy policy) {
      this.priority = priority;
      this.policy = policy;
    }
  }

  /** Returns the entry of a host:port, listed or not; null if there is none. Any thread. */
  @Nullable TableEntry find(String hostPort) {
    return entries.get(hostPort);
  }

  /** Returns the entry of a target, and creates it if there is none. Any thread. */
  TableEntry entry(Target target) {
    String hostPort = target.hostPort();
    // While the map is resized, computeIfAbsent() helps with the transfer, but get() does not wait.
    TableEntry known = entries.get(hostPort);
    return known != null
        ? known
        : entries.computeIfAbsent(hostPort, absent -> new TableEntry(target));
  }

  /** Returns all entries, listed or not. Any thread; weakly consistent. */
  Collection<TableEntry> entries() {
    return entries.values();
  }

  int listed() {
    return listed;
  }

  int pickable() {
    return pickable;
  }

  /** Returns the number of targets that could be picked if they were not at a limit. */
  int limited() {
    return limited;
  }

  /** Returns the entries that have become pickable since the last call; some may no longer be. */
  List<TableEntry> takeResumed() {
    if (resumed.isEmpty()) {
      return List.of();
    }
    List<TableEntry> taken = resumed;
    resumed = new ArrayList<>();
    return taken;
  }

  /** Returns whether a target has reached a limit, or left it, since the last call. */
  boolean takeLimitsChanged() {
    boolean changed = limitsChanged;
    limitsChanged = false;
    return changed;
  }

  /** Adds the target, or replaces the one that its entry had. */
  void put(TableEntry found, Target target) {
    TableEntry entry = current(found);
    entry.seenIn = found.seenIn;
    forgetIfOld(entry);
    Standing standingBefore = entry.standing;
    Target before = entry.target();
    entry.target(target);
    Tier tier = entry.tier;
    try {
      if (tier == null) {
        enter(entry);
      } else if (target.priority() != before.priority()) {
        leave(entry, tier);
        enter(entry);
      } else {
        tier.policy.changed(entry, before);
        review(entry, tier);
      }
    } catch (Throwable e) {
      if (entry.tier == tier) {
        // The next list is compared with the state that the policy knows.
        entry.target(before);
      }
      throw e;
    } finally {
      reportIfGone(entry, standingBefore);
    }
  }

  /** Returns the current entry, since one that was looked up without the lock may be dropped. */
  private TableEntry current(TableEntry found) {
    TableEntry known = entries.get(found.hostPort);
    return known != null ? known : entries.computeIfAbsent(found.hostPort, hostPort -> found);
  }

  /**
   * Removes the target from the table. Its live connections are still counted, and the verdicts on
   * it are kept for a while, so that a flapping source does not clear them.
   */
  void remove(TableEntry entry) {
    Tier tier = entry.tier;
    if (tier == null) {
      return;
    }
    Standing standingBefore = entry.standing;
    leave(entry, tier);
    remember(entry);
    reportIfGone(entry, standingBefore);
    dropIfDone(entry);
  }

  /** Starts the time for which the verdicts on an entry that is not listed are kept. */
  private void remember(TableEntry entry) {
    if (entry.verdicts().isEmpty()) {
      return;
    }
    entry.unlistedSince = ticker.nanoTime();
    remembered.add(new Unlisted(entry, entry.unlistedSince));
  }

  /** Drops some of the entries whose verdicts have expired. */
  void forgetOldVerdicts() {
    for (int i = 0; i < FORGOTTEN_AT_ONCE && !remembered.isEmpty(); i++) {
      Unlisted oldest = remembered.element();
      if (!isOld(oldest.since())) {
        return;
      }
      remembered.remove();
      TableEntry entry = oldest.entry();
      if (!entry.isListed() && entry.unlistedSince == oldest.since()) {
        entry.forgetVerdicts();
        dropIfDone(entry);
      }
    }
  }

  private void forgetIfOld(TableEntry entry) {
    if (!entry.isListed() && !entry.verdicts().isEmpty() && isOld(entry.unlistedSince)) {
      entry.forgetVerdicts();
    }
  }

  private boolean isOld(long since) {
    return ticker.nanoTime() - since >= memoryNanos;
  }

  /**
   * Records the verdict of an author on a target, listed or not.
   *
   * @return whether the target is listed
   */
  boolean judge(TableEntry found, Verdict verdict) {
    forgetOldVerdicts();
    TableEntry entry = current(found);
    forgetIfOld(entry);
    Tier tier = entry.tier;
    if (tier == null) {
      entry.judge(verdict);
      remember(entry);
      dropIfDone(entry);
      return false;
    }
    Standing standingBefore = entry.standing;
    entry.judge(verdict);
    review(entry, tier);
    reportIfGone(entry, standingBefore);
    return true;
  }

  private void enter(TableEntry entry) {
    int priority = entry.target().priority();
    Tier tier = tiers.get(priority);
    boolean fresh = tier == null;
    if (tier == null) {
      tier = new Tier(priority, policy.newInstance());
    }
    try {
      tier.policy.added(entry);
    } catch (Throwable e) {
      // The policy did not accept it, so it must not be listed.
      entry.attach(null);
      throw e;
    }
    if (fresh) {
      tiers.put(priority, tier);
      tierOrder = tiers.values().toArray(new Tier[0]);
    }
    entry.tier = tier;
    tier.size++;
    listed++;
    stand(entry, tier, Standing.PICKABLE);
    review(entry, tier);
  }

  private void leave(TableEntry entry, Tier tier) {
    tier.policy.removed(entry);
    entry.attach(null);
    stand(entry, tier, Standing.OUT);
    entry.tier = null;
    listed--;
    if (--tier.size == 0) {
      tiers.remove(tier.priority);
      tierOrder = tiers.values().toArray(new Tier[0]);
    }
  }

  /** Updates the standing of a listed entry after a change of its weight or verdicts. */
  private void review(TableEntry entry, Tier tier) {
    Standing before = entry.standing;
    Standing now = entry.judgedStanding();
    if (before == now) {
      return;
    }
    if (now == Standing.PICKABLE) {
      tier.policy.resumed(entry);
    } else if (before == Standing.PICKABLE) {
      tier.policy.suspended(entry);
    }
    stand(entry, tier, now);
  }

  /** Records the standing of a listed entry that the policy now knows. */
  private void stand(TableEntry entry, Tier tier, Standing now) {
    count(tier, entry.standing, -1);
    count(tier, now, 1);
    entry.standing = now;
    if (now == Standing.PICKABLE) {
      resumed.add(entry);
    }
  }

  private void reportIfGone(TableEntry entry, Standing before) {
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
      case LIMITED -> {
        limited += difference;
        limitsChanged = true;
      }
      case OUT -> {}
    }
  }

  /** Picks for a demand in the first tier that can serve it; null if none can. */
  private @Nullable TableEntry pick(Demand demand) {
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

  /** Returns the reason why a demand that excludes these targets cannot be served. */
  Shortage shortage(Set<String> excluded) {
    int within = limited;
    for (String hostPort : excluded) {
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

  /** Picks for a demand and counts the connection; null if no target can serve it. */
  @Nullable TableEntry take(Demand demand) {
    TableEntry entry = pick(demand);
    if (entry != null) {
      taken(entry);
    }
    return entry;
  }

  /** Counts a connection to the entry. */
  void taken(TableEntry entry) {
    entry.addLive(1);
    try {
      if (entry.tier != null) {
        entry.tier.policy.taken(entry);
      }
    } catch (Throwable e) {
      entry.addLive(-1);
      throw e;
    }
  }

  /** Removes a connection from the count of the entry. */
  void released(TableEntry entry, Outcome outcome) {
    entry.addLive(-1);
    try {
      if (entry.tier != null) {
        entry.tier.policy.released(entry, outcome);
      }
    } finally {
      dropIfDone(entry);
    }
  }

  private void dropIfDone(TableEntry entry) {
    if (!entry.isListed() && entry.live() == 0 && entry.verdicts().isEmpty()) {
      entries.remove(entry.hostPort, entry);
    }
  }
}
