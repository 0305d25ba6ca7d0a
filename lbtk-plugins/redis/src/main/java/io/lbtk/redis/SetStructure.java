package io.lbtk.redis;

import io.lettuce.core.api.sync.RedisCommands;

/** A set, whose members are targets as text. */
final class SetStructure implements Structure {

  private final EntryText key;

  SetStructure(String key) {
    this.key = EntryText.of(key);
  }

  @Override
  public void read(RedisCommands<EntryText, EntryText> commands, Entries entries) {
    Entries.expect(commands.scard(key));
    commands.smembers(key).forEach(member -> entries.add(() -> "member", member));
  }
}
