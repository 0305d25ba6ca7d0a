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
 * What one read has found so far. Where several entries are of one {@code host:port}, the last
 * counts: the structures give them in the order of their age, where they know it.
 */
final class Entries {

  /** A hash of so many takes some 120 MB, and several times that while it is read. */
  private static final int MOST = 1 << 20;

  private final String source;
  private final BadEntries bad;
  private final Map<String, Target> targets = new LinkedHashMap<>();

  /**
   * Nothing yet.
   *
   * @param source what is read, for failures
   * @param bad remembers from read to read what was skipped
   */
  Entries(String source, BadEntries bad) {
    this.source = source;
    this.bad = bad;
    bad.begin();
  }

  /**
   * Says how many there will be, before they are read.
   *
   * @throws RedisException if there are too many
   */
  static void expect(long count) {
    if (count > MOST) {
      throw new RedisException("%,d entries (expected: at most %,d)".formatted(count, MOST));
    }
  }

  /** Takes an entry that is a target as text. */
  void add(Supplier<String> place, EntryText entry) {
    add(place, entry, () -> Target.parse(entry.text()));
  }

  /**
   * Takes an entry, from which a target can be made if it is text.
   *
   * @param place where it stands; asked for only if it is passed over
   * @param target throws an IllegalArgumentException where it is none
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

  /** Passes over an entry, for what is wrong with it. */
  void skip(String place, EntryText entry, String problem) {
    bad.add(place, entry.text(), problem);
  }

  /** Ends the read: a snapshot, or a failure where there is something, but no target. */
  Refresh result() {
    bad.end();
    return bad.result(source, List.copyOf(targets.values()));
  }
}
