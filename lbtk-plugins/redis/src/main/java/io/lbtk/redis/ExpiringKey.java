package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An expiring key for one target, whose value is the target as text. While it exists only its
 * expiry is extended, because a write would notify all watchers.
 *
 * <p>If two registrars keep the same key, the later one wins. The owner is recognized by the time
 * of expiry, since a registrar that takes a key over sets a distant one. A key with an expiry that
 * this registrar has not set belongs to another, and is neither extended nor removed.
 */
final class ExpiringKey implements RedisEntry.Form {

  /**
   * Distance of the expiry of a key that is taken over from the previous one; longer than the
   * server takes to report a time.
   */
  private static final Duration TAKE_OVER = Duration.ofSeconds(1);

  /** Attempts for a key that changes in the meantime. */
  private static final int ATTEMPTS = 5;

  private final String prefix;
  private final Duration ttl;
  private final long takeOverMillis;

  private final WrittenKeys written = new WrittenKeys();

  /** The target that was kept last; null if there is none. */
  private @Nullable Target last;

  ExpiringKey(String key, Duration ttl) {
    this.prefix = KeysStructure.prefix(key);
    this.ttl = ttl;
    this.takeOverMillis = Math.min(TAKE_OVER.toMillis(), Math.max(10, ttl.toMillis() / 3));
  }

  @Override
  public boolean keep(StatefulRedisConnection<EntryText, EntryText> connection, Target target) {
    EntryText key = EntryText.of(prefix + target.hostPort());
    EntryText value = EntryText.of(target.toString());
    for (int i = 0; i < ATTEMPTS; i++) {
      State found = State.watch(connection, key);
      boolean isOwn = isOwn(key, value, found);
      if (!isOwn && found.value() != null && target.equals(last)) {
        connection.sync().unwatch();
        written.forget(key);
        return false;
      }
      if (write(connection, key, value, found, isOwn)) {
        last = target;
        removeAllBut(connection, key);
        return true;
      }
    }
    throw changesTooFast(key);
  }

  /** Returns whether a key is as it was written, or only lacks its expiry, which is repaired. */
  private boolean isOwn(EntryText key, EntryText value, State found) {
    return found.lives() < 0
        ? value.equals(found.value())
        : written.isAsWritten(key, found::mayExpireAt);
  }

  private boolean write(
      StatefulRedisConnection<EntryText, EntryText> connection,
      EntryText key,
      EntryText value,
      State found,
      boolean isOwn) {
    long regular = found.after() + ttl.toMillis();
    long expiry = isOwn ? regular : found.farFromExpiry(regular, takeOverMillis);
    boolean isUnchanged = value.equals(found.value());
    return written.write(
        key,
        expiry,
        () ->
            Transaction.run(
                connection,
                queue ->
                    isUnchanged
                        ? List.of(queue.pexpireat(key, expiry))
                        : List.of(queue.set(key, value), queue.pexpireat(key, expiry))));
  }

  private void removeAllBut(
      StatefulRedisConnection<EntryText, EntryText> connection, EntryText kept) {
    for (EntryText key : written.entries()) {
      if (!key.equals(kept)) {
        remove(connection, key);
      }
    }
  }

  @Override
  public void remove(StatefulRedisConnection<EntryText, EntryText> connection) {
    written.entries().forEach(key -> remove(connection, key));
    last = null;
  }

  /** Removes a key, unless another registrar has taken it over. */
  private void remove(StatefulRedisConnection<EntryText, EntryText> connection, EntryText key) {
    for (int i = 0; i < ATTEMPTS; i++) {
      State found = State.watch(connection, key);
      boolean isOwn = found.lives() < 0 || written.isAsWritten(key, found::mayExpireAt);
      if (found.value() == null || !isOwn) {
        connection.sync().unwatch();
        written.forget(key);
        return;
      }
      if (Transaction.run(connection, queue -> List.of(queue.del(key)))) {
        written.forget(key);
        return;
      }
    }
    throw changesTooFast(key);
  }

  private static RedisException changesTooFast(EntryText key) {
    return new RedisException(
        "%s changes faster than it can be written (expected: one registrar of a target)"
            .formatted(key.text()));
  }

  /**
   * State of a key.
   *
   * @param value the value; null if there is none
   * @param before the earliest time of the read, by the clock of the server in milliseconds
   * @param lives the time to live in milliseconds; negative if the key does not expire or does not
   *     exist
   * @param after the latest time of the read
   */
  private record State(@Nullable EntryText value, long before, long lives, long after) {

    /** Redis truncates times to milliseconds. */
    private static final long ROUNDING = 1;

    /** Reads a key, after starting to watch it. */
    static State watch(StatefulRedisConnection<EntryText, EntryText> connection, EntryText key) {
      connection.sync().watch(key);
      long before = Heartbeat.now(connection.sync()).toEpochMilli();
      EntryText value = connection.sync().get(key);
      long lives = connection.sync().pttl(key);
      long after = Heartbeat.now(connection.sync()).toEpochMilli();
      return new State(value, before, lives, after);
    }

    boolean mayExpireAt(long time) {
      return time >= before + lives - ROUNDING && time <= after + lives + ROUNDING;
    }

    /** Returns the given time, or a later one if it is close to the expiry of this state. */
    long farFromExpiry(long time, long distance) {
      boolean isNear =
          lives >= 0 && time > before + lives - distance && time < after + lives + distance;
      return isNear ? after + lives + distance : time;
    }
  }
}
