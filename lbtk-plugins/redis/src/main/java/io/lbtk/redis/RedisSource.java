package io.lbtk.redis;

import io.lbtk.api.Refresh;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.BadEntries;
import io.lettuce.core.RedisException;
import java.time.Duration;

/** Reads the targets that stand under a key. */
final class RedisSource implements PolledRefresher.Source {

  /** A server that has come back is wanted sooner than after the interval. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final String place;
  private final RedisLink link;
  private final Structure structure;
  private final KeyspaceEvents events;
  private final BadEntries bad;
  private PacedHints hints = new PacedHints(() -> {});
  private boolean failed;

  /**
   * A source.
   *
   * @param name of the refresher, for the log
   * @param place what is read, for the log and for failures: the server and the key
   */
  RedisSource(
      String name, String place, RedisLink link, Structure structure, KeyspaceEvents events) {
    this.place = place;
    this.link = link;
    this.structure = structure;
    this.events = events;
    this.bad = new BadEntries(name + ": " + place);
  }

  @Override
  public void watch(Runnable changed) {
    hints = new PacedHints(changed);
  }

  @Override
  public Refresh read() {
    failed = true;
    try {
      var commands = link.commands();
      // Before the read: what changes after it is told.
      events.listen(link, hints::hint);
      long start = System.nanoTime();
      Entries entries = new Entries(place, bad);
      structure.read(commands, entries);
      hints.readSince(start);
      failed = false;
      return entries.result();
    } catch (RedisException e) {
      events.drop();
      link.drop();
      return Refresh.failure("%s: %s".formatted(place, RedisProblem.inWords(e)), e);
    }
  }

  @Override
  public Duration next(Duration interval) {
    return failed && RETRY.compareTo(interval) < 0 ? RETRY : interval;
  }

  @Override
  public void close() {
    link.close();
  }
}
