package io.lbtk.redis;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * When a member of a sorted set was last heard of: its score, in seconds or milliseconds since
 * 1970. Which of them is told by its size: as seconds, {@link #LEAST_MILLIS} would be in the year
 * 5138; as milliseconds, it is in 1973.
 */
final class Heartbeat {

  static final double LEAST_MILLIS = 1e11;

  /** In 2001. */
  static final double LEAST_SECONDS = 1e9;

  private Heartbeat() {}

  /** How far the clock of a writer may be ahead; what is later would count for too long. */
  private static final Duration MOST_AHEAD = Duration.ofHours(1);

  /** Whether a score can be the time of a heartbeat, or of an end of life that is near. */
  static boolean isTime(double score, Instant now) {
    return score >= LEAST_SECONDS && millis(score) <= now.plus(MOST_AHEAD).toEpochMilli();
  }

  /** In milliseconds since 1970. */
  static double millis(double score) {
    return score >= LEAST_MILLIS ? score : score * 1000;
  }

  /** By the clock of the server, which is one for all who write and read there. */
  static Instant now(RedisCommands<EntryText, EntryText> commands) {
    List<EntryText> time = commands.time();
    return Instant.ofEpochSecond(Long.parseLong(time.get(0).text()))
        .plus(Duration.ofNanos(Long.parseLong(time.get(1).text()) * 1000));
  }
}
