package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lbtk.core.register.RenewingRegistrar;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.function.Predicate;

/** An entry of Redis. After a lost connection the server may have lost the entry, too. */
final class RedisEntry implements RenewingRegistrar.Entry {

  /** The form in which an entry is kept. Not thread-safe. */
  interface Form {

    /**
     * Writes or renews the entry of a target, and removes earlier ones.
     *
     * @return false if another registrar keeps the entry now
     */
    boolean keep(StatefulRedisConnection<EntryText, EntryText> connection, Target target);

    /** Removes the entries that were written. */
    void remove(StatefulRedisConnection<EntryText, EntryText> connection);
  }

  private final String place;
  private final RedisLink link;
  private final Form form;

  /**
   * Creates an entry.
   *
   * @param place the server and the key, for failures
   */
  RedisEntry(String place, RedisLink link, Form form) {
    this.place = place;
    this.link = link;
    this.form = form;
  }

  @Override
  public String place() {
    return place;
  }

  @Override
  public void watch(Runnable lost) {
    link.onLost(lost);
  }

  @Override
  public void keep(Target target) {
    if (!run(connection -> form.keep(connection, target))) {
      throw new IllegalStateException(
          place + ": kept by another registrar (expected: one of a target)");
    }
  }

  @Override
  public void remove() {
    run(
        connection -> {
          form.remove(connection);
          return true;
        });
  }

  private boolean run(Predicate<StatefulRedisConnection<EntryText, EntryText>> work) {
    try {
      return work.test(link.connection());
    } catch (RedisException e) {
      // The server may have been demoted to a replica.
      link.drop();
      throw new RedisException("%s: %s".formatted(place, RedisProblem.describe(e)), e);
    }
  }

  @Override
  public void close() {
    link.close();
  }
}
