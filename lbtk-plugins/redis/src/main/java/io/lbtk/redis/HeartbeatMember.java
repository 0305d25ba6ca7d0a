package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.Range;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A member of a sorted set, the target as text, whose score is the time of the last heartbeat in
 * milliseconds. It does not go by itself, so each heartbeat removes those that have ended long ago,
 * whoever wrote them.
 */
final class HeartbeatMember implements RedisEntry.Form {

  private static final int LIVES = 2;

  private final EntryText key;
  private final Duration ttl;

  /** Members that may be there. */
  private final Set<EntryText> written = new LinkedHashSet<>();

  HeartbeatMember(String key, Duration ttl) {
    this.key = EntryText.of(key);
    this.ttl = ttl;
  }

  @Override
  public void keep(RedisCommands<EntryText, EntryText> commands, Target target) {
    EntryText member = EntryText.of(target.toString());
    double now = Heartbeat.now(commands).toEpochMilli();
    written.add(member);
    commands.zadd(key, now, member);
    for (EntryText old : Set.copyOf(written)) {
      if (!old.equals(member)) {
        commands.zrem(key, old);
        written.remove(old);
      }
    }
    double oldest = now - LIVES * (double) ttl.toMillis();
    commands.zremrangebyscore(key, Range.create(Heartbeat.LEAST_MILLIS, oldest));
    commands.zremrangebyscore(key, Range.create(Heartbeat.LEAST_SECONDS, oldest / 1000));
  }

  @Override
  public void remove(RedisCommands<EntryText, EntryText> commands) {
    for (EntryText member : Set.copyOf(written)) {
      commands.zrem(key, member);
      written.remove(member);
    }
  }
}
