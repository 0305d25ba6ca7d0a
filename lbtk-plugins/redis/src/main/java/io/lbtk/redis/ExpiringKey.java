package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key of its own for each target, whose value is the target as text, and which expires. As long
 * as it stands only its life is lengthened: a write would be told to all who watch.
 *
 * <p>Of two that keep the same key the later one does. Whose the key is cannot be told by its
 * value, but by the time at which it expires, since whoever takes a key over sets another one: what
 * expires at a time that this has not set is kept by another, and is neither lengthened nor removed
 * by this.
 */
final class ExpiringKey implements RedisEntry.Form {

  /**
   * How far the time of a key that is taken over is from the one before: farther than the server
   * takes to tell a time.
   */
  private static final Duration TAKE_OVER = Duration.ofSeconds(1);

  /** How often a key is looked at again that is changed meanwhile. */
  private static final int ATTEMPTS = 5;

  private final String prefix;
  private final Duration ttl;
  private final long takeOverMillis;

  private final WrittenKeys written = new WrittenKeys();

  /** What this has kept last; null if nothing. */
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
      Standing found = Standing.watch(connection, key);
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

  /** Whether a key stands as this has written it; one that was made to last is mended. */
  private boolean isOwn(EntryText key, EntryText value, Standing found) {
    return found.lives() < 0
        ? value.equals(found.value())
        : written.isAsWritten(key, found::mayExpireAt);
  }

  private boolean write(
      StatefulRedisConnection<EntryText, EntryText> connection,
      EntryText key,
      EntryText value,
      Standing found,
      boolean isOwn) {
    long regular = found.after() + ttl.toMillis();
    long expiry = isOwn ? regular : found.farFromExpiry(regular, takeOverMillis);
    boolean stands = value.equals(found.value());
    return written.write(
        key,
        expiry,
        () ->
            Transaction.run(
                connection,
                queue ->
                    stands
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

  /** Removes a key, unless another keeps it by now. */
  private void remove(StatefulRedisConnection<EntryText, EntryText> connection, EntryText key) {
    for (int i = 0; i < ATTEMPTS; i++) {
      Standing found = Standing.watch(connection, key);
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
   * What stands under a key.
   *
   * @param value null if nothing does
   * @param before when it was read, at the earliest, by the clock of the server in milliseconds
   * @param lives for how many milliseconds from then; negative if it does not expire, or is none
   * @param after when it was read, at the latest
   */
  private record Standing(@Nullable EntryText value, long before, long lives, long after) {

    /** Times of Redis are cut off to milliseconds. */
    private static final long ROUNDING = 1;

    /** Reads a key, and watches it from before that on. */
    static Standing watch(StatefulRedisConnection<EntryText, EntryText> connection, EntryText key) {
      connection.sync().watch(key);
      long before = Heartbeat.now(connection.sync()).toEpochMilli();
      EntryText value = connection.sync().get(key);
      long lives = connection.sync().pttl(key);
      long after = Heartbeat.now(connection.sync()).toEpochMilli();
      return new Standing(value, before, lives, after);
    }

    boolean mayExpireAt(long time) {
      return time >= before + lives - ROUNDING && time <= after + lives + ROUNDING;
    }

    /** Returns a time, or if it is near to when this expires, one that is not. */
    long farFromExpiry(long time, long distance) {
      boolean isNear =
          lives >= 0 && time > before + lives - distance && time < after + lives + distance;
      return isNear ? after + lives + distance : time;
    }
  }
}
