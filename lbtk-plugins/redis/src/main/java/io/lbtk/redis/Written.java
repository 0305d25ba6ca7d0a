package io.lbtk.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/** What a registrar has written, or may have, and has not removed. Used by one thread at a time. */
final class Written {

  private final Set<EntryText> all = new LinkedHashSet<>();

  /** This stands there. */
  void add(EntryText entry) {
    all.add(entry);
  }

  /** What stands there is not this one's any more. */
  void forget(EntryText entry) {
    all.remove(entry);
  }

  /** Writes this; it may stand there even where that fails, unless the server refuses. */
  void write(EntryText entry, Runnable command) {
    boolean isNew = all.add(entry);
    try {
      command.run();
    } catch (RedisCommandExecutionException e) {
      if (isNew) {
        all.remove(entry);
      }
      throw e;
    }
  }

  /** Removes all but this one, each by the command. */
  void removeAllBut(EntryText kept, Consumer<EntryText> command) {
    for (EntryText entry : Set.copyOf(all)) {
      if (!entry.equals(kept)) {
        command.accept(entry);
        all.remove(entry);
      }
    }
  }

  /** Removes all, each by the command. */
  void removeAll(Consumer<EntryText> command) {
    for (EntryText entry : Set.copyOf(all)) {
      command.accept(entry);
      all.remove(entry);
    }
  }
}
