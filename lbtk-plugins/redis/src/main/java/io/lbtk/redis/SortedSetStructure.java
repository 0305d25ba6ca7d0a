package io.lbtk.redis;

import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;

/**
 * A sorted set, whose members are targets as text, and their scores the last heartbeats. Who was
 * not heard of for the time to live is gone.
 */
final class SortedSetStructure implements Structure {

  private final EntryText key;
  private final Duration ttl;

  SortedSetStructure(String key, Duration ttl) {
    this.key = EntryText.of(key);
    this.ttl = ttl;
  }

  @Override
  public void read(RedisCommands<EntryText, EntryText> commands, Entries entries) {
    Entries.expect(commands.zcard(key));
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
