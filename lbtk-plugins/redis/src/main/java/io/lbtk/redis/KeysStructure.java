package io.lbtk.redis;

import io.lbtk.api.PrintableText;
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
 * One key per target, which usually expires, and whose value is the target as text. To find the
 * keys the server scans its whole database.
 */
final class KeysStructure implements Structure {

  /** Keys scanned by one command; the more, the longer other clients have to wait. */
  private static final int SCAN_STEP = 10_000;

  private static final int BATCH = 1000;
  private static final int MAX_EMPTY_SCANS = 5;
  private static final int MAX_SHOWN = 100;

  private final String prefix;
  private boolean hadSome;

  KeysStructure(String key) {
    this.prefix = prefix(key);
  }

  /** Returns the prefix of the keys of targets: the key, with a colon at its end. */
  static String prefix(String key) {
    return key.endsWith(":") ? key : key + ":";
  }

  /** Returns the pattern of Redis for all keys with a prefix. */
  static String pattern(String prefix) {
    return prefix.replaceAll("[\\\\*?\\[\\]]", "\\\\$0") + "*";
  }

  @Override
  public void read(RedisCommands<EntryText, EntryText> commands, Entries entries) {
    Read read = new Read(commands);
    read.all();
    // A scan can miss keys that are added while it runs. If the whole set is replaced all the time,
    // it may see none, several times in a row.
    for (int scans = 1; read.isInDoubt(hadSome) && scans < MAX_EMPTY_SCANS; scans++) {
      read = new Read(commands);
      read.all();
    }
    hadSome = !read.found.isEmpty();
    read.found.forEach(one -> one.addTo(entries));
  }

  /** A key with its value, or with the reason for which it is skipped. */
  private record Found(EntryText key, EntryText value, String problem) {

    void addTo(Entries entries) {
      if (problem.isEmpty()) {
        entries.add(() -> "key " + PrintableText.of(key.text(), MAX_SHOWN), value);
      } else {
        entries.skip("the key", key, problem);
      }
    }
  }

  /** One scan of all keys. */
  private final class Read {

    private final RedisCommands<EntryText, EntryText> commands;
    private final List<Found> found = new ArrayList<>();
    private int vanished;

    Read(RedisCommands<EntryText, EntryText> commands) {
      this.commands = commands;
    }

    /** Returns whether nothing was found although there were targets before. */
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

    /** Returns the matching keys without duplicates, which a scan may return. */
    private Set<EntryText> names() {
      ScanArgs args = new ScanArgs().match(pattern(prefix)).limit(SCAN_STEP);
      Set<EntryText> names = new LinkedHashSet<>();
      KeyScanCursor<EntryText> cursor = commands.scan(ScanCursor.INITIAL, args);
      names.addAll(cursor.getKeys());
      while (!cursor.isFinished()) {
        cursor = commands.scan(cursor, args);
        names.addAll(cursor.getKeys());
        Entries.checkCount(names.size());
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

    /** Handles a key without a string: it has expired in the meantime, or is of another type. */
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
