package io.lbtk.tokenport.server;

import io.lbtk.api.Ticker;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what is wrong with lease peers, so that no peer can fill the log: within {@link #PERIOD}
 * each problem once, and {@link #MAX_PROBLEMS} problems. The others are counted, and shown at level
 * debug. Thread-safe.
 */
final class Complaints {

  static final Duration PERIOD = Duration.ofMinutes(1);
  static final int MAX_PROBLEMS = 10;

  private static final Logger log = LoggerFactory.getLogger(Complaints.class);

  private final Ticker ticker;

  /** The problems that were logged in this period. */
  private final Set<String> logged = new HashSet<>();

  private long periodStart;
  private long withheld;

  Complaints(Ticker ticker) {
    this.ticker = ticker;
    this.periodStart = ticker.nanoTime();
  }

  /**
   * Logs a problem, unless there were too many.
   *
   * @param peer the name and address of the peer
   * @param problem what is wrong, and what becomes of the peer; two peers with the same text have
   *     the same problem
   */
  synchronized void add(String peer, String problem) {
    long now = ticker.nanoTime();
    if (now - periodStart >= PERIOD.toNanos()) {
      periodStart = now;
      logged.clear();
    }
    if (logged.size() >= MAX_PROBLEMS || !logged.add(problem)) {
      withheld++;
      log.debug("lease peer {}: {}", peer, problem);
    } else if (withheld > 0) {
      log.warn("lease peer {}: {} ({} lines like this were withheld)", peer, problem, withheld);
      withheld = 0;
    } else {
      log.warn("lease peer {}: {}", peer, problem);
    }
  }
}
