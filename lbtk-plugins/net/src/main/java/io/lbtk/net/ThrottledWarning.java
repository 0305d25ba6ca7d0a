package io.lbtk.net;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * One thing that goes wrong for many connections: the log says it once for each reason, at most
 * once a minute after that, and when it is over, with how often it happened. Thread-safe.
 */
public final class ThrottledWarning {

  private static final long REPEAT_NANOS = 60_000_000_000L;
  private static final long QUIET_NANOS = 5_000_000_000L;

  /** Reasons that take turns within this time are one trouble. */
  private static final long STEADY_NANOS = 1_000_000_000L;

  /** The most reasons that are logged within {@link #REPEAT_NANOS}. */
  private static final int MAX_REASONS = 8;

  private final Logger log;
  private final String who;
  private final String over;

  /** When each reason was logged last. */
  private final Map<String, Long> reasons = new HashMap<>();

  private long said;
  private long latest;
  private long unsaid;
  private long total;
  private volatile boolean present;

  /**
   * No trouble yet.
   *
   * @param log where it is said
   * @param who whose trouble it is: {@code proxy.front}
   * @param over what to say when it is over
   */
  public ThrottledWarning(Logger log, String who, String over) {
    this.log = log;
    this.who = who;
    this.over = over;
  }

  /**
   * It went wrong once more.
   *
   * @param now as {@link System#nanoTime} says it, as in the other methods
   */
  public synchronized void failed(String why, long now) {
    latest = now;
    total = present ? total + 1 : 1;
    if (present && (now - said < STEADY_NANOS || !isNew(why, now))) {
      unsaid++;
      return;
    }
    if (unsaid > 0) {
      log.warn("{}: {} ({} times more since the last line of this)", who, why, unsaid);
    } else {
      log.warn("{}: {}", who, why);
    }
    present = true;
    reasons.put(why, now);
    said = now;
    unsaid = 0;
  }

  /** Returns whether a reason is to be logged: for the first time in a while. */
  private boolean isNew(String why, long now) {
    reasons.values().removeIf(logged -> now - logged >= REPEAT_NANOS);
    return !reasons.containsKey(why) && reasons.size() < MAX_REASONS;
  }

  /** It went well, and whether that ends the trouble; cheap where there was none. */
  public boolean recovered(long now) {
    return present && end(now);
  }

  private synchronized boolean end(long now) {
    if (present && now - latest > QUIET_NANOS) {
      present = false;
      unsaid = 0;
      reasons.clear();
      if (total > 1) {
        log.info("{}: {} ({} times in all)", who, over, total);
      } else {
        log.info("{}: {}", who, over);
      }
      return true;
    }
    return false;
  }

  /** Whether nothing was heard of it for long. */
  public synchronized boolean isOld(long now) {
    return now - latest > REPEAT_NANOS;
  }
}
