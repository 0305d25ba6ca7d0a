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
 * Takes the reports of the refreshers into the table. What changed is found outside of the lock and
 * applied in small slices, so that no pick waits for a list of a million. Called serially.
 */
final class TableRefresh {

  /** Changes that are applied while the lock is held once. */
  private static final int SLICE = 64;

  /** So that the refresh gets on under a steady stream of takers too. */
  private static final int MAX_PAUSES = 10;

  private static final long PAUSE_NANOS = 20_000;

  private final TargetTable table;
  private final ReentrantLock lock;
  private final Runnable changed;
  private final Runnable unlocked;
  private long round;

  /** The entries in the order of the last whole list. */
  private TableEntry[] order = {};

  /**
   * Reports for one table.
   *
   * @param changed is called after each slice, with the lock held
   * @param unlocked is called after that, without the lock, so that who waits hears of each slice
   *     at once
   */
  TableRefresh(TargetTable table, ReentrantLock lock, Runnable changed, Runnable unlocked) {
    this.table = table;
    this.lock = lock;
    this.changed = changed;
    this.unlocked = unlocked;
  }

  /** What one report changed. */
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

  /** One step: the target is put in, or removed where there is none. */
  private record Change(TableEntry entry, Optional<Target> target) {}

  Summary apply(Refresh report) {
    List<Change> changes = new ArrayList<>();
    round++;
    if (report instanceof Refresh.Snapshot snapshot) {
      addPutsOfList(snapshot.targets(), changes);
      addRemovalsOfUnseen(changes);
    } else if (report instanceof Refresh.Delta delta) {
      // A source that goes on by deltas gives no list in which the order of the last one would
      // help.
      order = new TableEntry[0];
      addPuts(delta.added(), changes);
      addRemovals(delta, changes);
    }
    return apply(changes);
  }

  /**
   * From the end, since of two of the same host:port the last one counts. Most of a list stands in
   * the order of the last one, so each entry is looked for next to the one before: to look up a
   * million in the map takes longer than all the rest.
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
      letOthersIn();
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

  /** The lock is not fair: without this, those who wait for it could wait until the last slice. */
  private void letOthersIn() {
    for (int i = 0; i < MAX_PAUSES && lock.hasQueuedThreads(); i++) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
