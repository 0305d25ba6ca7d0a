package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.Range;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member of a sorted set, the target as text, whose score is the time of the last heartbeat in
 * milliseconds. Members do not expire, so each heartbeat also removes those of any registrar that
 * have been dead for long.
 *
 * <p>If two registrars keep the same member, the later one wins. A score that this registrar has
 * not written belongs to another one, which keeps the member unless the score is older than the
 * time to live.
 */
final class HeartbeatMember implements RedisEntry.Form {

  private static final int LIVES = 2;

  /** Attempts to remove a member while others write to the set. */
  private static final int ATTEMPTS = 5;

  private final EntryText key;
  private final Duration ttl;

  private final WrittenKeys written = new WrittenKeys();

  /** The target that was kept last; null if there is none. */
  private @Nullable Target last;

  HeartbeatMember(String key, Duration ttl) {
    this.key = EntryText.of(key);
    this.ttl = ttl;
  }

  @Override
  public boolean keep(StatefulRedisConnection<EntryText, EntryText> connection, Target target) {
    EntryText member = EntryText.of(target.toString());
    long now = Heartbeat.now(connection.sync()).toEpochMilli();
    Double found = connection.sync().zscore(key, member);
    boolean kept =
        (found != null && isOwn(member, found))
            ? beat(connection, member, found, now)
            : take(connection, member, found, now, target.equals(last));
    if (!kept) {
      written.forget(member);
      return false;
    }
    last = target;
    for (EntryText old : written.entries()) {
      if (!old.equals(member)) {
        remove(connection, old);
      }
    }
    removeDead(connection, now);
    return true;
  }

  private boolean isOwn(EntryText member, double score) {
    return written.isAsWritten(member, time -> time == score);
  }

  /** Increments the score, which reveals a concurrent write. */
  private boolean beat(
      StatefulRedisConnection<EntryText, EntryText> connection,
      EntryText member,
      double found,
      long now) {
    double passed = now - found;
    return written.write(
        member,
        now,
        () -> {
          double score = connection.sync().zincrby(key, passed, member);
          if (score == passed) {
            // It was removed in the meantime, so the increment started at 0.
            connection.sync().zadd(key, (double) now, member);
          } else if (score != now) {
            connection.sync().zincrby(key, -passed, member);
          }
          return score == passed || score == now;
        });
  }

  /** Writes a different score, so that the previous owner of the member notices. */
  private boolean take(
      StatefulRedisConnection<EntryText, EntryText> connection,
      EntryText member,
      @Nullable Double found,
      long now,
      boolean hasKept) {
    if (hasKept && found != null && Heartbeat.millis(found) >= now - ttl.toMillis()) {
      return false;
    }
    long score = found != null && found == now ? now + 1 : now;
    return written.write(
        member,
        score,
        () -> {
          var unused = connection.sync().zadd(key, (double) score, member);
          return true;
        });
  }

  private void removeDead(StatefulRedisConnection<EntryText, EntryText> connection, long now) {
    double oldest = now - LIVES * (double) ttl.toMillis();
    connection.sync().zremrangebyscore(key, Range.create(Heartbeat.MIN_MILLIS, oldest));
    connection.sync().zremrangebyscore(key, Range.create(Heartbeat.MIN_SECONDS, oldest / 1000));
  }

  @Override
  public void remove(StatefulRedisConnection<EntryText, EntryText> connection) {
    written.entries().forEach(member -> remove(connection, member));
    last = null;
  }

  /** Removes a member, unless another registrar has taken it over. */
  private void remove(StatefulRedisConnection<EntryText, EntryText> connection, EntryText member) {
    for (int i = 0; i < ATTEMPTS; i++) {
      connection.sync().watch(key);
      Double score = connection.sync().zscore(key, member);
      if (score == null || !isOwn(member, score)) {
        connection.sync().unwatch();
        written.forget(member);
        return;
      }
      if (Transaction.run(connection, queue -> List.of(queue.zrem(key, member)))) {
        written.forget(member);
        return;
      }
    }
    // A large set is written all the time.
    connection.sync().zrem(key, member);
    written.forget(member);
  }
}
