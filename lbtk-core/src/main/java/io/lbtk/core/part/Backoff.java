package io.lbtk.core.part;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next attempt: twice as long each time, up to a limit, and at random a
 * little less, so that many who lost the same server do not come back at once. Used by one thread
 * at a time.
 */
public final class Backoff {

  private static final double JITTER = 0.2;

  private final Duration first;
  private final Duration most;
  private Duration next;

  /**
   * Waits before attempts.
   *
   * @param first before the second attempt
   * @param most before any
   */
  public Backoff(Duration first, Duration most) {
    this.first = first;
    this.most = most;
    this.next = first;
  }

  /** An attempt has failed: how long until the next. */
  public Duration next() {
    Duration wait = next;
    Duration twice = wait.multipliedBy(2);
    next = twice.compareTo(most) < 0 ? twice : most;
    double part = 1 - JITTER * ThreadLocalRandom.current().nextDouble();
    return Duration.ofNanos((long) (wait.toNanos() * part));
  }

  /** An attempt has succeeded. */
  public void reset() {
    next = first;
  }
}
