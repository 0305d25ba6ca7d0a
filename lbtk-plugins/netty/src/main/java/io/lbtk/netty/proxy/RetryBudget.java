package io.lbtk.netty.proxy;

import io.lbtk.api.Ticker;

/**
 * Bounds the retries of a proxy to a share of its connections plus some a second, so that retries
 * never multiply the load on targets that are failing already. The idea is Finagle's RetryBudget.
 *
 * <p>Thread-safe.
 */
final class RetryBudget {

  /** What was saved is worth this long, so that a quiet hour does not pay for a storm. */
  private static final double WINDOW_SECONDS = 10;

  private final double perConnection;
  private final double perSecond;
  private final Ticker ticker;
  private double saved;
  private double connectionsSaved;
  private long lastNanos;

  /**
   * A full budget.
   *
   * @param percent retries for each hundred connections
   * @param perSecond retries for each second, whatever the connections
   */
  RetryBudget(int percent, int perSecond, Ticker ticker) {
    this.perConnection = percent / 100.0;
    this.perSecond = perSecond;
    this.ticker = ticker;
    this.saved = perSecond * WINDOW_SECONDS;
    this.lastNanos = ticker.nanoTime();
  }

  /** A connection came. */
  synchronized void connection() {
    connectionsSaved += perConnection;
  }

  /** Whether one retry may be made now; if so it is counted. */
  synchronized boolean tryRetry() {
    long now = ticker.nanoTime();
    double seconds = (now - lastNanos) / 1e9;
    lastNanos = now;
    saved = Math.min(saved + seconds * perSecond, perSecond * WINDOW_SECONDS);
    connectionsSaved *= Math.max(0, 1 - seconds / WINDOW_SECONDS);
    if (saved >= 1) {
      saved--;
      return true;
    }
    if (connectionsSaved >= 1) {
      connectionsSaved--;
      return true;
    }
    return false;
  }
}
