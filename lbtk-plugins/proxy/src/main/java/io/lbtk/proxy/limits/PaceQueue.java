package io.lbtk.proxy.limits;

import io.lbtk.api.Ticker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one loop that wait to read under a limit of the whole proxy. Each reads once
 * per round, as far as the bandwidth allows. Confined to the loop.
 */
public final class PaceQueue {

  /** A direction of a connection that waits for its turn. */
  public interface Member {

    /**
     * Reads once; it may {@link PaceQueue#enter} again. Does nothing if the direction has ended.
     */
    void turn();
  }

  private static final Logger log = LoggerFactory.getLogger(PaceQueue.class);

  private final SharedPace pace;
  private final ScheduledExecutorService loop;
  private final Ticker ticker;
  private final Deque<Member> members = new ArrayDeque<>();

  /** Bytes that may be read, or a debt if negative: a read may take more than was left. */
  private double allowance;

  private long grantedAt;
  private boolean ticking;

  /**
   * Creates an empty queue.
   *
   * @param loop the executor that schedules the next round
   */
  public PaceQueue(SharedPace pace, ScheduledExecutorService loop, Ticker ticker) {
    this.pace = pace;
    this.loop = loop;
    this.ticker = ticker;
    this.grantedAt = ticker.nanoTime();
  }

  /** Returns the number of bytes to read at a time. */
  public int read() {
    return pace.read();
  }

  /** Returns whether a connection may read now. If not, its {@link Member#turn} is called later. */
  public boolean enter(Member member) {
    long now = ticker.nanoTime();
    if (pace.isFree(now)) {
      return true;
    }
    members.add(member);
    pace.joined();
    if (!ticking) {
      // While none waits, reads are paid for from the bandwidth that is left unused.
      allowance = pace.repaid(allowance, now - grantedAt);
      grantedAt = now;
      tickSoon();
    }
    return false;
  }

  /** Counts bytes that were read; a negative number takes bytes back. */
  public void spent(long bytes) {
    allowance -= bytes;
    pace.spent(bytes, ticker.nanoTime());
  }

  private void tickSoon() {
    ticking = true;
    var unused = loop.schedule(this::tick, SharedPace.TICK_NANOS, TimeUnit.NANOSECONDS);
  }

  /** Lets connections read while there is bandwidth. */
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
        // The other members wait for their turn.
        log.error("failed to read from a connection", e);
      }
    }
    if (members.isEmpty()) {
      ticking = false;
    } else {
      tickSoon();
    }
  }

  /** Stops the timer when the loop ends. */
  public void close() {
    members.forEach(member -> pace.left());
    members.clear();
  }
}
