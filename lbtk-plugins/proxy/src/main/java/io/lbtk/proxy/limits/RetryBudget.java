package io.lbtk.proxy.limits;

import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts what a {@link RetryRate} still allows. What is not used is kept, and fades within some ten
 * seconds: the budget follows the connections of the last while. Thread-safe; a connection never
 * waits for another.
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

  public RetryBudget(RetryRate rate, long now) {
    this.perConnection = rate.percent() / 100.0;
    this.perSecond = rate.perSecond();
    this.balance = perSecond * FADE_NANOS / 1e9;
    this.last = now;
  }

  /** A connection has come: adds its share. */
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

  /** Whether one attempt more is allowed; if so, it is counted. */
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

  /**
   * Adds the connections that came within a step after the last time, and lets fade what is old.
   */
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
