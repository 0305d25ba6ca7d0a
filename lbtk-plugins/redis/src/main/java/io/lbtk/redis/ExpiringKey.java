package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A key of its own for each target, whose value is the target as text, and which expires. As long
 * as it stands only its life is lengthened: a write would be told to all who watch. Where two keep
 * the same key with different values, the one that came later does, rather than each in turn. What
 * another keeps by now is not removed: a process may have taken over from this one.
 */
final class ExpiringKey implements RedisEntry.Form {

  private static final Duration ROUNDING = Duration.ofMillis(2);

  private final String prefix;
  private final Duration ttl;

  private final Written written = new Written();

  /** What stood there as this has kept it; null if nothing has. */
  private @Nullable Target last;

  /** When its life was lengthened last; null while it is not certain what this has written. */
  private @Nullable Long keptNanos;

  ExpiringKey(String key, Duration ttl) {
    this.prefix = KeysStructure.prefix(key);
    this.ttl = ttl;
  }

  @Override
  public boolean keep(RedisCommands<EntryText, EntryText> commands, Target target) {
    EntryText key = EntryText.of(prefix + target.hostPort());
    EntryText value = EntryText.of(target.toString());
    EntryText found = commands.get(key);
    if (found != null && !found.equals(value) && target.equals(last)) {
      written.forget(key);
      return false;
    }
    keptNanos = null;
    if (value.equals(found) && commands.pexpire(key, ttl)) {
      written.add(key);
    } else {
      written.write(key, () -> commands.set(key, value, SetArgs.Builder.px(ttl)));
    }
    long now = System.nanoTime();
    last = target;
    written.removeAllBut(key, commands::del);
    keptNanos = now;
    return true;
  }

  @Override
  public void remove(RedisCommands<EntryText, EntryText> commands) {
    written.removeAll(
        key -> {
          if (!isKeptByAnother(commands, key)) {
            commands.del(key);
          }
        });
  }

  /** Whether the key has another value, or will live for longer than this one has said. */
  private boolean isKeptByAnother(RedisCommands<EntryText, EntryText> commands, EntryText key) {
    Long kept = keptNanos;
    EntryText found = commands.get(key);
    if (kept == null || found == null) {
      return false;
    }
    if (!found.equals(EntryText.of(String.valueOf(last)))) {
      return true;
    }
    Duration since = Duration.ofNanos(System.nanoTime() - kept);
    return commands.pttl(key) > ttl.minus(since).plus(ROUNDING).toMillis();
  }
}
