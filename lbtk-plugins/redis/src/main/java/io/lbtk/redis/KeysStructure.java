package io.lbtk.redis;

import io.lbtk.discovery.Printable;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A key for each target, whose value is the target as text; they mostly expire. To find them, the
 * server goes through all keys of its database.
 */
final class KeysStructure implements Structure {

  /** So many keys are looked at by one command: the more, the longer do all others wait. */
  private static final int SCAN_STEP = 10_000;

  private static final int BATCH = 1000;
  private static final int SCANS_FOR_NOTHING = 5;
  private static final int MAX_SHOWN = 100;

  private final String prefix;
  private boolean hadSome;

  KeysStructure(String key) {
    this.prefix = prefix(key);
  }

  /** What the keys of targets begin with: the key and a colon, if it does not end with one. */
  static String prefix(String key) {
    return key.endsWith(":") ? key : key + ":";
  }

  /** A pattern of Redis for all that begins with this. */
  static String pattern(String prefix) {
    return prefix.replaceAll("[\\\\*?\\[\\]]", "\\\\$0") + "*";
  }

  @Override
  public void read(RedisCommands<EntryText, EntryText> commands, Entries entries) {
    Read read = new Read(commands);
    read.all();
    // A scan can miss what is put there while it runs. Of a set that is replaced as a whole nothing
    // may be seen, again and again if that happens all the time.
    for (int doubts = 1; read.isInDoubt(hadSome) && doubts < SCANS_FOR_NOTHING; doubts++) {
      read = new Read(commands);
      read.all();
    }
    hadSome = !read.found.isEmpty();
    read.found.forEach(one -> one.addTo(entries));
  }

  /** A key, and what it holds; or what is wrong with it. */
  private record Found(EntryText key, EntryText value, String problem) {

    void addTo(Entries entries) {
      if (problem.isEmpty()) {
        entries.add(() -> "key " + Printable.line(key.text(), MAX_SHOWN), value);
      } else {
        entries.skip("the key", key, problem);
      }
    }
  }

  /** One way through all keys. */
  private final class Read {

    private final RedisCommands<EntryText, EntryText> commands;
    private final List<Found> found = new ArrayList<>();
    private int vanished;

    Read(RedisCommands<EntryText, EntryText> commands) {
      this.commands = commands;
    }

    /** Whether nothing was found where something was. */
    boolean isInDoubt(boolean hadSome) {
      return found.isEmpty() && (hadSome || vanished > 0);
    }

    void all() {
      List<EntryText> keys = new ArrayList<>();
      for (EntryText key : names()) {
        if (key.isText()) {
          keys.add(key);
        } else {
          found.add(new Found(key, key, key.problem()));
        }
      }
      for (int i = 0; i < keys.size(); i += BATCH) {
        values(keys.subList(i, Math.min(i + BATCH, keys.size())));
      }
    }

    /** Each once: a scan may come to a key again. */
    private Set<EntryText> names() {
      ScanArgs args = new ScanArgs().match(pattern(prefix)).limit(SCAN_STEP);
      Set<EntryText> names = new LinkedHashSet<>();
      KeyScanCursor<EntryText> cursor = commands.scan(ScanCursor.INITIAL, args);
      names.addAll(cursor.getKeys());
      while (!cursor.isFinished()) {
        cursor = commands.scan(cursor, args);
        names.addAll(cursor.getKeys());
        Entries.expect(names.size());
      }
      return names;
    }

    private void values(List<EntryText> keys) {
      for (KeyValue<EntryText, EntryText> one : commands.mget(keys.toArray(EntryText[]::new))) {
        if (one.hasValue()) {
          found.add(new Found(one.getKey(), one.getValue(), ""));
        } else {
          without(one.getKey());
        }
      }
    }

    /** A key without a string has expired meanwhile, or holds something else. */
    private void without(EntryText key) {
      String type = commands.type(key);
      if (type.equals("none")) {
        vanished++;
      } else {
        found.add(new Found(key, key, "it holds a %s (expected: a string)".formatted(type)));
      }
    }
  }
}
