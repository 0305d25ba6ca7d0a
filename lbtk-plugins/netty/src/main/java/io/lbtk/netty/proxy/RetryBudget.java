package io.lbtk.netty.proxy;

/**
 * Counts what a {@link RetryRate} still allows. What is not used is kept, and fades within some ten
 * seconds: the budget follows the connections of the last while. Thread-safe.
 */
final class RetryBudget {

  private static final double FADE_NANOS = 10e9;
  private static final long STEP_NANOS = 1_000_000;

  private final double perConnection;
  private final double perSecond;
  private double balance;
  private long last;

  RetryBudget(RetryRate rate, long now) {
    this.perConnection = rate.percent() / 100.0;
    this.perSecond = rate.perSecond();
    this.balance = perSecond * FADE_NANOS / 1e9;
    this.last = now;
  }

  /** A connection has come: adds its share. */
  synchronized void connection(long now) {
    fade(now);
    balance += perConnection;
  }

  /** Whether one attempt more is allowed; if so, it is counted. */
  synchronized boolean retry(long now) {
    fade(now);
    if (balance < 1) {
      return false;
    }
    balance -= 1;
    return true;
  }

  private void fade(long now) {
    long elapsed = now - last;
    if (elapsed < STEP_NANOS) {
      return;
    }
    double kept = Math.exp(-elapsed / FADE_NANOS);
    balance = balance * kept + perSecond * FADE_NANOS / 1e9 * (1 - kept);
    last = now;
  }
}
