package io.lbtk.redis;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The time of the last heartbeat of a member of a sorted set: its score, in seconds or milliseconds
 * since 1970. The unit follows from the size: {@link #MIN_MILLIS} in seconds would be in the year
 * 5138; in milliseconds, it is in 1973.
 */
final class Heartbeat {

  static final double MIN_MILLIS = 1e11;

  /** In 2001. */
  static final double MIN_SECONDS = 1e9;

  private Heartbeat() {}

  /** Largest lead of the clock of a writer; a later score would count for too long. */
  private static final Duration MAX_AHEAD = Duration.ofHours(1);

  /** Returns whether a score is plausible as the time of a heartbeat or of a near expiry. */
  static boolean isTime(double score, Instant now) {
    return score >= MIN_SECONDS && millis(score) <= now.plus(MAX_AHEAD).toEpochMilli();
  }

  /** Returns a score in milliseconds since 1970. */
  static double millis(double score) {
    return score >= MIN_MILLIS ? score : score * 1000;
  }

  /** Returns the time by the clock of the server, which all writers and readers share. */
  static Instant now(RedisCommands<EntryText, EntryText> commands) {
    List<EntryText> time = commands.time();
    return Instant.ofEpochSecond(Long.parseLong(time.get(0).text()))
        .plus(Duration.ofNanos(Long.parseLong(time.get(1).text()) * 1000));
  }
}
