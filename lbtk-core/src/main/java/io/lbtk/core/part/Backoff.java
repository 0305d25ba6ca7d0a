package io.lbtk.core.part;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The delays between attempts: doubled each time, up to a limit, with random jitter, so that many
 * clients that lost the same server do not return at once. Used by one thread at a time.
 */
public final class Backoff {

  private static final double JITTER = 0.2;

  private final Duration first;
  private final Duration most;
  private Duration next;

  /**
   * Creates a backoff.
   *
   * @param first the delay before the second attempt
   * @param most the longest delay
   */
  public Backoff(Duration first, Duration most) {
    this.first = first;
    this.most = most;
    this.next = first;
  }

  /** Records a failed attempt, and returns the delay until the next one. */
  public Duration next() {
    Duration wait = next;
    Duration twice = wait.multipliedBy(2);
    next = twice.compareTo(most) < 0 ? twice : most;
    double part = 1 - JITTER * ThreadLocalRandom.current().nextDouble();
    return Duration.ofNanos((long) (wait.toNanos() * part));
  }

  /** Records a successful attempt. */
  public void reset() {
    next = first;
  }
}
