package io.lbtk.redis;

import io.lbtk.api.Refresh;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.BadEntries;
import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Reads the targets of a key. */
final class RedisSource implements PolledRefresher.Source {

  /** Delay after a failure, if the interval is longer. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final String place;
  private final RedisLink link;
  private final Structure structure;
  private final KeyspaceEvents events;
  private final BadEntries bad;
  private PacedHints hints = new PacedHints(() -> {});
  private boolean failed;

  /**
   * Creates a source.
   *
   * @param name the name of the refresher, for the log
   * @param place the server and the key, for the log and for failures
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
      // Before the read, so that later changes are notified.
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
      return Refresh.failure("%s: %s".formatted(place, RedisProblem.describe(e)), e);
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

  /**
   * Throttles hints so that reads take at most a quarter of the time, after a burst of one second.
   * Otherwise a large set with frequent heartbeats would be read all the time. Thread-safe.
   */
  static final class PacedHints {

    private static final int SHARE = 4;
    private static final long MAX_NANOS = 1_000_000_000;

    private final Runnable changed;
    private final AtomicBoolean waiting = new AtomicBoolean();

    /** The time that reads may still take; negative if they took too long. */
    private long budgetNanos = MAX_NANOS;

    private long countedNanos = System.nanoTime();

    /**
     * Creates a throttle.
     *
     * @param changed called for hints, on any thread
     */
    PacedHints(Runnable changed) {
      this.changed = changed;
    }

    /** Passes a hint on, now or as soon as the budget allows it. */
    void hint() {
      long wait = waitNanos();
      if (wait <= 0) {
        changed.run();
      } else if (!waiting.getAndSet(true)) {
        CompletableFuture.delayedExecutor(wait, TimeUnit.NANOSECONDS, Runnable::run)
            .execute(
                () -> {
                  waiting.set(false);
                  changed.run();
                });
      }
    }

    private synchronized long waitNanos() {
      count(0);
      return -budgetNanos * SHARE;
    }

    /** Records that a read has ended now. */
    synchronized void readSince(long startNanos) {
      count(System.nanoTime() - startNanos);
    }

    private void count(long spentNanos) {
      long now = System.nanoTime();
      budgetNanos = Math.min(MAX_NANOS, budgetNanos + (now - countedNanos) / SHARE) - spentNanos;
      countedNanos = now;
    }
  }
}
