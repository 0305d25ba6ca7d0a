package io.lbtk.redis;

import io.lbtk.api.PrintableText;
import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;

/** Reads the targets of one structure of Redis. Not thread-safe. */
interface Structure {

  /**
   * Reads all entries once; a key that does not exist has none.
   *
   * @throws io.lettuce.core.RedisException if they cannot be read completely
   */
  void read(RedisCommands<EntryText, EntryText> commands, Entries entries);

  /** Delegates to the structure that the type of the key indicates. */
  final class Detected implements Structure {

    private final EntryText key;
    private final Structure hash;
    private final Structure set;
    private final Structure sortedSet;
    private final Structure keys;

    Detected(String key, Structure hash, Structure set, Structure sortedSet, Structure keys) {
      this.key = EntryText.of(key);
      this.hash = hash;
      this.set = set;
      this.sortedSet = sortedSet;
      this.keys = keys;
    }

    @Override
    public void read(RedisCommands<EntryText, EntryText> commands, Entries entries) {
      of(commands.type(key)).read(commands, entries);
    }

    private Structure of(String type) {
      return switch (type) {
        case "hash" -> hash;
        case "set" -> set;
        case "zset" -> sortedSet;
        case "none" -> keys;
        default ->
            throw new RedisException(
                "it holds a %s (expected: a hash, a set, a sorted set, or no such key and others that begin with it)"
                    .formatted(type));
      };
    }
  }

  /**
   * A hash. The value of a field is a weight, with the field as {@code host:port}; or the part
   * after {@code host:port} in the text of a target; or the whole text, with any field.
   */
  final class Hash implements Structure {

    private static final int MAX_SHOWN = 100;

    private final EntryText key;

    Hash(String key) {
      this.key = EntryText.of(key);
    }

    @Override
    public void read(RedisCommands<EntryText, EntryText> commands, Entries entries) {
      Entries.checkCount(commands.hlen(key));
      commands
          .hgetall(key)
          .forEach(
              (field, value) -> {
                if (field.isText()) {
                  entries.add(
                      () -> place(field), value, () -> target(field.text(), value.text().strip()));
                } else {
                  entries.skip("the field", field, field.problem());
                }
              });
    }

    private static String place(EntryText field) {
      return "field " + PrintableText.of(field.text(), MAX_SHOWN);
    }

    private static Target target(String field, String value) {
      if (EntryValue.isNumber(value)) {
        return Target.parse(field).withWeight(EntryValue.weight("weight", value));
      }
      return Target.parse(value.isEmpty() || isRest(value) ? field + " " + value : value);
    }

    /** Returns whether the first word has an equals sign, so that it is not an address. */
    private static boolean isRest(String value) {
      int equals = value.indexOf('=');
      return equals >= 0 && value.substring(0, equals).chars().noneMatch(Character::isWhitespace);
    }
  }

  /** A set, whose members are targets as text. */
  final class PlainSet implements Structure {

    private final EntryText key;

    PlainSet(String key) {
      this.key = EntryText.of(key);
    }

    @Override
    public void read(RedisCommands<EntryText, EntryText> commands, Entries entries) {
      Entries.checkCount(commands.scard(key));
      commands.smembers(key).forEach(member -> entries.add(() -> "member", member));
    }
  }

  /**
   * A sorted set, whose members are targets as text, and their scores the last heartbeats. Members
   * without a heartbeat within the time to live are ignored.
   */
  final class SortedSet implements Structure {

    private final EntryText key;
    private final Duration ttl;

    SortedSet(String key, Duration ttl) {
      this.key = EntryText.of(key);
      this.ttl = ttl;
    }

    @Override
    public void read(RedisCommands<EntryText, EntryText> commands, Entries entries) {
      Entries.checkCount(commands.zcard(key));
      Instant now = Heartbeat.now(commands);
      double oldest = now.minus(ttl).toEpochMilli();
      for (ScoredValue<EntryText> member : commands.zrangeWithScores(key, 0, -1)) {
        double score = member.getScore();
        if (!Heartbeat.isTime(score, now)) {
          entries.skip(
              "member",
              member.getValue(),
              "score %s (expected: a time since 1970, at most 1h from now)".formatted(score));
        } else if (Heartbeat.millis(score) >= oldest) {
          entries.add(() -> "member", member.getValue());
        }
      }
    }
  }
}
