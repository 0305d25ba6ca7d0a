package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.Range;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;

/**
 * A member of a sorted set, the target as text, whose score is the time of the last heartbeat in
 * milliseconds. It does not go by itself, so each heartbeat removes those that have ended long ago,
 * whoever wrote them. What another keeps by now is not removed: a process may have taken over from
 * this one.
 */
final class HeartbeatMember implements RedisEntry.Form {

  private static final int LIVES = 2;

  private final EntryText key;
  private final Duration ttl;

  private final Written written = new Written();

  /** The last score of its own. */
  private double last;

  HeartbeatMember(String key, Duration ttl) {
    this.key = EntryText.of(key);
    this.ttl = ttl;
  }

  @Override
  public boolean keep(RedisCommands<EntryText, EntryText> commands, Target target) {
    EntryText member = EntryText.of(target.toString());
    double now = Heartbeat.now(commands).toEpochMilli();
    last = now;
    written.write(member, () -> commands.zadd(key, now, member));
    written.removeAllBut(member, old -> commands.zrem(key, old));
    double oldest = now - LIVES * (double) ttl.toMillis();
    commands.zremrangebyscore(key, Range.create(Heartbeat.LEAST_MILLIS, oldest));
    commands.zremrangebyscore(key, Range.create(Heartbeat.LEAST_SECONDS, oldest / 1000));
    return true;
  }

  @Override
  public void remove(RedisCommands<EntryText, EntryText> commands) {
    written.removeAll(
        member -> {
          Double score = commands.zscore(key, member);
          if (score != null && score <= last) {
            commands.zrem(key, member);
          }
        });
  }
}
