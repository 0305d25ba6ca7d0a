package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Records which input lists which target, and computes the change of the union by each report. */
final class UnionTable {

  private final int inputs;
  private final Map<String, Entry> entries = new HashMap<>();
  private long round;

  UnionTable(int inputs) {
    this.inputs = inputs;
  }

  /** One host:port, as each input lists it. */
  private static final class Entry {
    final String hostPort;
    final @Nullable Target[] listed;
    @Nullable Target before;
    long touched;

    Entry(String hostPort, int inputs) {
      this.hostPort = hostPort;
      this.listed = new Target[inputs];
    }

    @Nullable Target winner() {
      for (Target target : listed) {
        if (target != null) {
          return target;
        }
      }
      return null;
    }
  }

  /** Returns the targets of the union. */
  List<Target> winners() {
    List<Target> winners = new ArrayList<>(entries.size());
    for (Entry entry : entries.values()) {
      Target winner = entry.winner();
      if (winner != null) {
        winners.add(winner);
      }
    }
    return winners;
  }

  /** Applies a report that is not a failure, and returns the change of the union. */
  Refresh.Delta apply(int input, Refresh report) {
    round++;
    List<Entry> touched = new ArrayList<>();
    if (report instanceof Refresh.Snapshot snapshot) {
      put(input, snapshot.targets(), touched);
      for (Entry entry : entries.values()) {
        if (entry.touched != round && entry.listed[input] != null) {
          set(entry, input, null, touched);
        }
      }
    } else if (report instanceof Refresh.Delta delta) {
      put(input, delta.added(), touched);
      for (String hostPort : delta.removed()) {
        Entry entry = entries.get(hostPort);
        if (entry != null && entry.touched != round) {
          set(entry, input, null, touched);
        }
      }
    }
    return change(touched);
  }

  private void put(int input, List<Target> targets, List<Entry> touched) {
    for (Target target : targets) {
      Entry entry =
          entries.computeIfAbsent(target.hostPort(), hostPort -> new Entry(hostPort, inputs));
      set(entry, input, target, touched);
    }
  }

  private void set(Entry entry, int input, @Nullable Target target, List<Entry> touched) {
    if (entry.touched != round) {
      entry.touched = round;
      entry.before = entry.winner();
      touched.add(entry);
    }
    entry.listed[input] = target;
  }

  private Refresh.Delta change(List<Entry> touched) {
    List<Target> added = new ArrayList<>();
    Set<String> removed = new HashSet<>();
    for (Entry entry : touched) {
      Target winner = entry.winner();
      if (winner == null) {
        entries.remove(entry.hostPort);
        if (entry.before != null) {
          removed.add(entry.hostPort);
        }
      } else if (!winner.equals(entry.before)) {
        added.add(winner);
      }
      entry.before = null;
    }
    return new Refresh.Delta(added, removed);
  }
}
