package io.lbtk.net;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Logs a failure that may affect many connections: once per reason, at most once a minute after
 * that, and once on recovery with the number of occurrences. Thread-safe.
 */
public final class ThrottledWarning {

  private static final long REPEAT_NANOS = 60_000_000_000L;
  private static final long QUIET_NANOS = 5_000_000_000L;

  /** Different reasons within this time are logged as one. */
  private static final long STEADY_NANOS = 1_000_000_000L;

  /** Maximum number of reasons logged within {@link #REPEAT_NANOS}. */
  private static final int MAX_REASONS = 8;

  private final Logger log;
  private final String who;
  private final String recovery;

  /** Time of the last log line, by reason. */
  private final Map<String, Long> reasons = new HashMap<>();

  private long loggedAt;
  private long failedAt;
  private long suppressed;
  private long total;
  private volatile boolean failing;

  /**
   * Creates a warning for a failure that has not occurred yet.
   *
   * @param log the logger to write to
   * @param who the component that fails, such as {@code proxy.front}
   * @param recovery the message to log on recovery
   */
  public ThrottledWarning(Logger log, String who, String recovery) {
    this.log = log;
    this.who = who;
    this.recovery = recovery;
  }

  /**
   * Records a failure.
   *
   * @param why the reason to log
   * @param now the time by {@link System#nanoTime}, as in the other methods
   */
  public synchronized void failed(String why, long now) {
    failedAt = now;
    total = failing ? total + 1 : 1;
    if (failing && (now - loggedAt < STEADY_NANOS || !isNew(why, now))) {
      suppressed++;
      return;
    }
    if (suppressed > 0) {
      log.warn("{}: {} ({} times more since the last line of this)", who, why, suppressed);
    } else {
      log.warn("{}: {}", who, why);
    }
    failing = true;
    reasons.put(why, now);
    loggedAt = now;
    suppressed = 0;
  }

  /** Returns whether the reason has not been logged recently. */
  private boolean isNew(String why, long now) {
    reasons.values().removeIf(logged -> now - logged >= REPEAT_NANOS);
    return !reasons.containsKey(why) && reasons.size() < MAX_REASONS;
  }

  /**
   * Records a success; cheap if there was no failure.
   *
   * @return whether this ends a failure
   */
  public boolean recovered(long now) {
    return failing && end(now);
  }

  private synchronized boolean end(long now) {
    if (failing && now - failedAt > QUIET_NANOS) {
      failing = false;
      suppressed = 0;
      reasons.clear();
      if (total > 1) {
        log.info("{}: {} ({} times in all)", who, recovery, total);
      } else {
        log.info("{}: {}", who, recovery);
      }
      return true;
    }
    return false;
  }

  /** Returns whether the last failure was long ago. */
  public synchronized boolean isOld(long now) {
    return now - failedAt > REPEAT_NANOS;
  }
}
