package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.Range;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member of a sorted set, the target as text, whose score is the time of the last heartbeat in
 * milliseconds. It does not go by itself, so each heartbeat removes those that have ended long ago,
 * whoever wrote them.
 *
 * <p>Of two that keep the same member the later one does. A score that this has not written is that
 * of another, which keeps the member, unless it is older than the time to live.
 */
final class HeartbeatMember implements RedisEntry.Form {

  private static final int LIVES = 2;

  /** How often a removal is tried while others write to the set. */
  private static final int ATTEMPTS = 5;

  private final EntryText key;
  private final Duration ttl;

  private final WrittenKeys written = new WrittenKeys();

  /** What this has kept last; null if nothing. */
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
    removeEnded(connection, now);
    return true;
  }

  private boolean isOwn(EntryText member, double score) {
    return written.isAsWritten(member, time -> time == score);
  }

  /** Adds to the score, so that it is seen if another writes it meanwhile. */
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
            // It was removed meanwhile, and began at 0.
            connection.sync().zadd(key, (double) now, member);
          } else if (score != now) {
            connection.sync().zincrby(key, -passed, member);
          }
          return score == passed || score == now;
        });
  }

  /** Writes a score that does not stand there, so that whoever has kept the member sees it. */
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

  private void removeEnded(StatefulRedisConnection<EntryText, EntryText> connection, long now) {
    double oldest = now - LIVES * (double) ttl.toMillis();
    connection.sync().zremrangebyscore(key, Range.create(Heartbeat.LEAST_MILLIS, oldest));
    connection.sync().zremrangebyscore(key, Range.create(Heartbeat.LEAST_SECONDS, oldest / 1000));
  }

  @Override
  public void remove(StatefulRedisConnection<EntryText, EntryText> connection) {
    written.entries().forEach(member -> remove(connection, member));
    last = null;
  }

  /** Removes a member, unless another keeps it by now. */
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
    // In a large set there is always somebody who writes.
    connection.sync().zrem(key, member);
    written.forget(member);
  }
}
