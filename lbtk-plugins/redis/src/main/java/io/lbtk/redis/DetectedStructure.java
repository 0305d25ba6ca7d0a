package io.lbtk.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.sync.RedisCommands;

/** What the type of the key says. */
final class DetectedStructure implements Structure {

  private final EntryText key;
  private final Structure hash;
  private final Structure set;
  private final Structure sortedSet;
  private final Structure keys;

  DetectedStructure(
      String key, Structure hash, Structure set, Structure sortedSet, Structure keys) {
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
