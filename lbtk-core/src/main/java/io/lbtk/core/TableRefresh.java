package io.lbtk.core;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Applies the reports of the refreshers to the table. Differences are computed outside of the lock
 * and applied in small slices, so that no pick waits for a list of a million. Called serially.
 */
final class TableRefresh {

  /** The number of changes that are applied under one hold of the lock. */
  private static final int SLICE = 64;

  /** Bounds the pauses, so that a refresh makes progress under a steady stream of takers. */
  private static final int MAX_PAUSES = 10;

  private static final long PAUSE_NANOS = 20_000;

  private final TargetTable table;
  private final ReentrantLock lock;
  private final Runnable changed;
  private final Runnable unlocked;
  private long round;

  /** The entries in the order of the last snapshot. */
  private TableEntry[] order = {};

  /**
   * Creates a refresh of one table.
   *
   * @param changed called after each slice, with the lock held
   * @param unlocked called after that, without the lock, so that waiting takers see each slice at
   *     once
   */
  TableRefresh(TargetTable table, ReentrantLock lock, Runnable changed, Runnable unlocked) {
    this.table = table;
    this.lock = lock;
    this.changed = changed;
    this.unlocked = unlocked;
  }

  /** The changes made by one report. */
  record Summary(int targets, int added, int changed, int removed) {

    boolean isChange() {
      return added + changed + removed > 0;
    }

    @Override
    public String toString() {
      String words = targets == 1 ? "1 target" : targets + " targets";
      return changed == 0
          ? "%s (+%d -%d)".formatted(words, added, removed)
          : "%s (+%d -%d, %d changed)".formatted(words, added, removed, changed);
    }
  }

  /** One change: puts the target, or removes the entry's target if empty. */
  private record Change(TableEntry entry, Optional<Target> target) {}

  Summary apply(Refresh report) {
    List<Change> changes = new ArrayList<>();
    round++;
    if (report instanceof Refresh.Snapshot snapshot) {
      addPutsOfList(snapshot.targets(), changes);
      addRemovalsOfUnseen(changes);
    } else if (report instanceof Refresh.Delta delta) {
      // A source of deltas sends no further list that could profit from the order of this one.
      order = new TableEntry[0];
      addPuts(delta.added(), changes);
      addRemovals(delta, changes);
    }
    return apply(changes);
  }

  /**
   * Adds the puts of a snapshot, from its end, since the last one of the same host:port counts.
   * Most of a list is in the order of the last one, so each entry is first looked for next to the
   * one before: a million lookups in the map take longer than all the rest.
   */
  private void addPutsOfList(List<Target> targets, List<Change> changes) {
    TableEntry[] newOrder = new TableEntry[targets.size()];
    int expected = order.length - 1;
    for (int i = targets.size() - 1; i >= 0; i--) {
      Target target = targets.get(i);
      TableEntry entry = expected >= 0 ? order[expected] : null;
      if (entry == null || !entry.isListed() || !entry.target().equals(target)) {
        entry = table.entry(target);
      }
      if (entry.place < order.length && order[entry.place] == entry) {
        expected = entry.place - 1;
      }
      newOrder[i] = entry;
      entry.place = i;
      addPut(entry, target, changes);
    }
    Collections.reverse(changes);
    order = newOrder;
  }

  private void addPuts(List<Target> targets, List<Change> changes) {
    for (int i = targets.size() - 1; i >= 0; i--) {
      addPut(table.entry(targets.get(i)), targets.get(i), changes);
    }
    Collections.reverse(changes);
  }

  private void addPut(TableEntry entry, Target target, List<Change> changes) {
    if (entry.seenIn != round) {
      entry.seenIn = round;
      if (!entry.isListed() || !entry.target().equals(target)) {
        changes.add(new Change(entry, Optional.of(target)));
      }
    }
  }

  private void addRemovalsOfUnseen(List<Change> changes) {
    for (TableEntry entry : table.entries()) {
      if (entry.seenIn != round && entry.isListed()) {
        changes.add(new Change(entry, Optional.empty()));
      }
    }
  }

  private void addRemovals(Refresh.Delta delta, List<Change> changes) {
    for (String hostPort : delta.removed()) {
      TableEntry entry = table.find(hostPort);
      if (entry != null && entry.seenIn != round && entry.isListed()) {
        changes.add(new Change(entry, Optional.empty()));
      }
    }
  }

  private Summary apply(List<Change> changes) {
    int added = 0;
    int updated = 0;
    int removed = 0;
    int targets = table.listed();
    for (int from = 0; from < changes.size(); from += SLICE) {
      yieldToWaiters();
      lock.lock();
      try {
        table.forgetOldVerdicts();
        for (Change change : changes.subList(from, Math.min(from + SLICE, changes.size()))) {
          boolean known = change.entry().isListed();
          if (change.target().isEmpty()) {
            table.remove(change.entry());
            removed++;
          } else {
            table.put(change.entry(), change.target().get());
            added += known ? 0 : 1;
            updated += known ? 1 : 0;
          }
        }
        targets = table.listed();
      } finally {
        try {
          changed.run();
        } finally {
          lock.unlock();
        }
        unlocked.run();
      }
    }
    return new Summary(targets, added, updated, removed);
  }

  /** Pauses for waiting threads: the lock is not fair, so they might wait until the last slice. */
  private void yieldToWaiters() {
    for (int i = 0; i < MAX_PAUSES && lock.hasQueuedThreads(); i++) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
