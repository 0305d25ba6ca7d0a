package io.lbtk.proxy.limits;

import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the retries that a {@link RetryRate} still allows. Unused retries fade within about ten
 * seconds, so that the budget follows the recent rate of connections. Thread-safe; connections
 * never block each other.
 */
public final class RetryBudget {

  private static final double FADE_NANOS = 10e9;
  private static final long STEP_NANOS = 10_000_000;

  private final double perConnection;
  private final double perSecond;
  private final LongAdder connections = new LongAdder();
  private final ReentrantLock lock = new ReentrantLock();
  private long counted;
  private double balance;
  private volatile long last;

  /** Creates a budget without connections. */
  public RetryBudget(RetryRate rate, long now) {
    this.perConnection = rate.percent() / 100.0;
    this.perSecond = rate.perSecond();
    this.balance = perSecond * FADE_NANOS / 1e9;
    this.last = now;
  }

  /** Adds the share of a new connection. */
  public void connection(long now) {
    if (now - last >= STEP_NANOS && lock.tryLock()) {
      try {
        count(now);
      } finally {
        lock.unlock();
      }
    }
    connections.increment();
  }

  /** Returns whether one more attempt is allowed; if so, it is counted. */
  public boolean retry(long now) {
    lock.lock();
    try {
      count(now);
      if (balance < 1) {
        return false;
      }
      balance -= 1;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Adds the connections since the last step, and decays the older budget. */
  private void count(long now) {
    long all = connections.sum();
    balance += (all - counted) * perConnection;
    counted = all;
    long elapsed = now - last;
    if (elapsed > 0) {
      double kept = Math.exp(-elapsed / FADE_NANOS);
      balance = balance * kept + perSecond * FADE_NANOS / 1e9 * (1 - kept);
      last = now;
    }
  }
}
