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
 * What a registrar has written, or may have, and has not removed: entries, each with a time that
 * stands there as long as nobody else has written it. Used by one thread at a time.
 */
final class WrittenKeys {

  /** An entry has several times where no answer came to a write. */
  private final Map<EntryText, Set<Long>> times = new LinkedHashMap<>();

  /**
   * Writes an entry; it may stand there even where that fails, unless the server refuses.
   *
   * @param time that stands there from then on
   * @param command returns false if it did nothing
   * @return as the command
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

  /** Returns whether an entry stands as this registrar has written it, by one of its times. */
  boolean isAsWritten(EntryText entry, LongPredicate time) {
    return times.getOrDefault(entry, Set.of()).stream().anyMatch(time::test);
  }

  /** Forgets an entry, which is another registrar's, or has been removed. */
  void forget(EntryText entry) {
    times.remove(entry);
  }

  /** Returns the entries as they are now. */
  List<EntryText> entries() {
    return List.copyOf(times.keySet());
  }
}
