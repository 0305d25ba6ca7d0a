package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;

/**
 * A key of its own for each target, whose value is the target as text, and which expires. As long
 * as it stands only its life is lengthened: a write would be told to all who watch.
 */
final class ExpiringKey implements RedisEntry.Form {

  private final String prefix;
  private final Duration ttl;

  private final Written written = new Written();

  ExpiringKey(String key, Duration ttl) {
    this.prefix = KeysStructure.prefix(key);
    this.ttl = ttl;
  }

  @Override
  public void keep(RedisCommands<EntryText, EntryText> commands, Target target) {
    EntryText key = EntryText.of(prefix + target.hostPort());
    EntryText value = EntryText.of(target.toString());
    if (lengthen(commands, key, value)) {
      written.add(key);
    } else {
      written.write(key, () -> commands.set(key, value, SetArgs.Builder.px(ttl)));
    }
    written.removeAllBut(key, commands::del);
  }

  /** Whether the value stood there, and stands for a whole life from now on. */
  private boolean lengthen(
      RedisCommands<EntryText, EntryText> commands, EntryText key, EntryText value) {
    return value.equals(commands.get(key)) && commands.pexpire(key, ttl);
  }

  @Override
  public void remove(RedisCommands<EntryText, EntryText> commands) {
    written.removeAll(commands::del);
  }
}
