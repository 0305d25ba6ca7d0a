package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lbtk.core.register.RenewingRegistrar;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.function.Predicate;

/** An entry of Redis. A server that went away may have lost it. */
final class RedisEntry implements RenewingRegistrar.Entry {

  /** How an entry is kept. Used by one thread at a time. */
  interface Form {

    /**
     * Writes the entry of this target, or lengthens its life, and removes those before it.
     *
     * @return false if another has written there what is to be kept now
     */
    boolean keep(StatefulRedisConnection<EntryText, EntryText> connection, Target target);

    /** Removes what was written. */
    void remove(StatefulRedisConnection<EntryText, EntryText> connection);
  }

  private final String place;
  private final RedisLink link;
  private final Form form;

  /**
   * An entry.
   *
   * @param place where it is, for failures: the server and the key
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
      // What was a master may be none any more.
      link.drop();
      throw new RedisException("%s: %s".formatted(place, RedisProblem.inWords(e)), e);
    }
  }

  @Override
  public void close() {
    link.close();
  }
}
