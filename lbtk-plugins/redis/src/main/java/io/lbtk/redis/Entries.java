package io.lbtk.redis;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lettuce.core.RedisException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The entries that one read has found. If several have the same {@code host:port}, the last one
 * counts; structures add them by age, if they know it.
 */
final class Entries {

  /**
   * Largest number of entries. A hash of this size takes 120 MB, and a multiple of that to read.
   */
  private static final int MAX_ENTRIES = 1 << 20;

  private final String source;
  private final BadEntries bad;
  private final Map<String, Target> targets = new LinkedHashMap<>();

  /**
   * Creates an empty result.
   *
   * @param source the server and the key, for failures
   * @param bad the skipped entries of this and the last read
   */
  Entries(String source, BadEntries bad) {
    this.source = source;
    this.bad = bad;
    bad.begin();
  }

  /**
   * Checks the number of entries before they are read.
   *
   * @throws RedisException if there are too many
   */
  static void checkCount(long count) {
    if (count > MAX_ENTRIES) {
      throw new RedisException("%,d entries (expected: at most %,d)".formatted(count, MAX_ENTRIES));
    }
  }

  /** Adds an entry that is a target as text. */
  void add(Supplier<String> place, EntryText entry) {
    add(place, entry, () -> Target.parse(entry.text()));
  }

  /**
   * Adds an entry.
   *
   * @param place the place of the entry, called only if it is skipped
   * @param target parses the entry, called only if it is text; throws an IllegalArgumentException
   *     if it is not a target
   */
  void add(Supplier<String> place, EntryText entry, Supplier<Target> target) {
    if (!entry.isText()) {
      skip(place.get(), entry, entry.problem());
      return;
    }
    try {
      Target made = target.get();
      targets.remove(made.hostPort());
      targets.put(made.hostPort(), made);
    } catch (IllegalArgumentException e) {
      skip(place.get(), entry, String.valueOf(e.getMessage()));
    }
  }

  /** Skips an entry, which is logged with the problem. */
  void skip(String place, EntryText entry, String problem) {
    bad.add(place, entry.text(), problem);
  }

  /** Ends the read: returns a snapshot, or a failure if there are entries but no targets. */
  Refresh result() {
    bad.end();
    return bad.result(source, List.copyOf(targets.values()));
  }
}
