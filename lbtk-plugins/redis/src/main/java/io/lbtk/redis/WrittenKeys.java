package io.lbtk.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/**
 * The entries that a registrar has written, or may have written, and not removed; each with a time
 * that stays until another registrar writes the entry. Not thread-safe.
 */
final class WrittenKeys {

  /** The times of each entry; several if a write was not answered. */
  private final Map<EntryText, Set<Long>> times = new LinkedHashMap<>();

  /**
   * Writes an entry. After a failure it may have been written all the same, unless the server
   * refused.
   *
   * @param time the time written with the entry
   * @param command writes the entry; returns false if it did nothing
   * @return the result of the command
   */
  boolean write(EntryText entry, long time, BooleanSupplier command) {
    times.computeIfAbsent(entry, unknown -> new LinkedHashSet<>()).add(time);
    boolean done;
    try {
      done = command.getAsBoolean();
    } catch (RedisCommandExecutionException e) {
      remove(entry, time);
      throw e;
    }
    if (done) {
      times.put(entry, new LinkedHashSet<>(Set.of(time)));
    } else {
      remove(entry, time);
    }
    return done;
  }

  private void remove(EntryText entry, long time) {
    Set<Long> all = times.getOrDefault(entry, new LinkedHashSet<>());
    all.remove(time);
    if (all.isEmpty()) {
      times.remove(entry);
    }
  }

  /** Returns whether an entry is as this registrar has written it, by one of its times. */
  boolean isAsWritten(EntryText entry, LongPredicate time) {
    return times.getOrDefault(entry, Set.of()).stream().anyMatch(time::test);
  }

  /** Forgets an entry that another registrar has taken over or that was removed. */
  void forget(EntryText entry) {
    times.remove(entry);
  }

  /** Returns the current entries. */
  List<EntryText> entries() {
    return List.copyOf(times.keySet());
  }
}
