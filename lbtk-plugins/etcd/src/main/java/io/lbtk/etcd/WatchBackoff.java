package io.lbtk.etcd;

import io.lbtk.api.Ticker;
import java.time.Duration;

/**
 * Counts the watches, one after the other, that were in vain: that ended before they had begun, or
 * as soon as they had, and told nothing. A new one at once may do better, since its server may only
 * have been lost. After several it would not: where a gateway passes no watches on, or passes each
 * to another member, that would go on for ever, as fast as the network allows.
 *
 * <p>Used by one thread at a time.
 */
final class WatchBackoff {

  /**
   * No fewer are too many: the first may have been lost with its server, which is back before the
   * next; what loses another at once loses any.
   */
  static final int FEWEST = 2;

  /** So long after such watches another is opened. */
  static final Duration REST = Duration.ofSeconds(5);

  /** Whoever ends a watch sooner, though it had begun, would end another too. */
  private static final Duration HASTY = Duration.ofSeconds(1);

  private final int limit;
  private final Ticker ticker;
  private int vain;
  private long opened;

  /**
   * None yet.
   *
   * @param limit so many in a row are too many
   */
  WatchBackoff(int limit, Ticker ticker) {
    this.limit = limit;
    this.ticker = ticker;
  }

  /** A watch is opened now. */
  void opened() {
    opened = ticker.nanoTime();
  }

  /** How long ago the last one was opened. */
  Duration age() {
    return Duration.ofNanos(ticker.nanoTime() - opened);
  }

  /**
   * The last one has ended.
   *
   * @return whether it was in vain
   */
  boolean ended(KeyWatch watch) {
    boolean inVain = !isGood(watch);
    vain = inVain ? Math.min(vain + 1, limit) : 0;
    return inVain;
  }

  /** The last one is under way: those before it do not count any more, if it is good for much. */
  void isUnderWay(KeyWatch watch) {
    if (isGood(watch)) {
      vain = 0;
    }
  }

  private boolean isGood(KeyWatch watch) {
    return watch.hasTold() || (watch.hasBegun() && age().compareTo(HASTY) >= 0);
  }

  /** Whether there were so many in a row that the next is to be rested for. */
  boolean areTooMany() {
    return vain >= limit;
  }

  /** How long the next is to be rested for; not more than zero if it is not. */
  Duration rest() {
    return areTooMany() ? REST.minus(age()) : Duration.ZERO;
  }
}
