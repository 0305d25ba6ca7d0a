package io.lbtk.proxy.limits;

import io.lbtk.api.Ticker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one loop that wait for their turn to read under a limit of the whole proxy:
 * one read each, round and round, as far as the bandwidth goes. Belongs to the loop.
 */
public final class PaceQueue {

  /** What takes a turn. */
  public interface Member {

    /** Reads once; it may {@link PaceQueue#enter} again. Does nothing if it has ended. */
    void turn();
  }

  private static final Logger log = LoggerFactory.getLogger(PaceQueue.class);

  private final SharedPace pace;
  private final ScheduledExecutorService loop;
  private final Ticker ticker;
  private final Deque<Member> members = new ArrayDeque<>();

  /** Bytes that may be read, or a debt: a read may take more than what was left. */
  private double allowance;

  private long grantedAt;
  private boolean ticking;

  /**
   * Nobody waits yet.
   *
   * @param loop says when it is time to look for bandwidth
   */
  public PaceQueue(SharedPace pace, ScheduledExecutorService loop, Ticker ticker) {
    this.pace = pace;
    this.loop = loop;
    this.ticker = ticker;
    this.grantedAt = ticker.nanoTime();
  }

  /** How much is to be read at a time. */
  public int read() {
    return pace.read();
  }

  /** Whether a connection may read now; if not, its turn comes. */
  public boolean enter(Member member) {
    long now = ticker.nanoTime();
    if (pace.isFree(now)) {
      return true;
    }
    members.add(member);
    pace.joined();
    if (!ticking) {
      // While nobody waits, what is read is paid for by the bandwidth that is left free.
      allowance = pace.repaid(allowance, now - grantedAt);
      grantedAt = now;
      tickSoon();
    }
    return false;
  }

  /** So many bytes were read; negative takes back. */
  public void spent(long bytes) {
    allowance -= bytes;
    pace.spent(bytes, ticker.nanoTime());
  }

  private void tickSoon() {
    ticking = true;
    var unused = loop.schedule(this::tick, SharedPace.TICK_NANOS, TimeUnit.NANOSECONDS);
  }

  /** Lets connections read as long as there is bandwidth. */
  private void tick() {
    long now = ticker.nanoTime();
    allowance = pace.grant(allowance, members.size(), now - grantedAt, now);
    grantedAt = now;
    while (allowance > 0 && !members.isEmpty()) {
      Member next = members.remove();
      pace.left();
      try {
        next.turn();
      } catch (Throwable e) {
        // The others wait for theirs.
        log.error("a connection failed in its turn to read", e);
      }
    }
    if (members.isEmpty()) {
      ticking = false;
    } else {
      tickSoon();
    }
  }

  /** The loop ends. */
  public void close() {
    members.forEach(member -> pace.left());
    members.clear();
  }
}
