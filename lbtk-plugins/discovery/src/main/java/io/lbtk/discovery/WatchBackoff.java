package io.lbtk.discovery;

import io.lbtk.api.Ticker;
import java.time.Duration;

/**
 * Delays the next watch of a directory after several in a row were useless: they ended before they
 * had begun, or at once, and reported nothing. A first retry is immediate, since the server may
 * just have been lost. Further ones would only form a busy loop, for example behind a gateway that
 * does not pass watches on.
 *
 * <p>Used by one thread at a time.
 */
public final class WatchBackoff {

  /**
   * Smallest limit. The first useless watch may have been lost with its server, which is back
   * before the next one; whatever ends two at once will end any.
   */
  public static final int MIN_LIMIT = 2;

  /** Time from one watch to the next once the limit is reached. */
  public static final Duration DELAY = Duration.ofSeconds(5);

  /** A watch that ends earlier than this without a report is useless. */
  public static final Duration SHORT_LIVED = Duration.ofSeconds(1);

  private final int limit;
  private final Ticker ticker;
  private int useless;
  private long opened;

  /**
   * Creates a backoff for a directory that is not watched yet.
   *
   * @param limit the number of useless watches in a row after which the next one is delayed
   */
  public WatchBackoff(int limit, Ticker ticker) {
    this.limit = limit;
    this.ticker = ticker;
  }

  /** Records that a watch is opened now. */
  public void opened() {
    opened = ticker.nanoTime();
  }

  /** Returns the time since the last watch was opened. */
  public Duration age() {
    return Duration.ofNanos(ticker.nanoTime() - opened);
  }

  /** Returns whether the last watch is older than {@link #SHORT_LIVED}. */
  public boolean isLasting() {
    return age().compareTo(SHORT_LIVED) >= 0;
  }

  /** Records that the last watch has proved useful; earlier ones do not count any more. */
  public void useful() {
    useless = 0;
  }

  /** Records that the last watch has ended, or will not begin, and was useless. */
  public void useless() {
    useless = Math.min(useless + 1, limit);
  }

  /** Returns whether the limit is reached, so that the next watch is delayed. */
  public boolean isDelaying() {
    return useless >= limit;
  }

  /** Returns the time until the next watch may be opened; zero or negative for at once. */
  public Duration delay() {
    return isDelaying() ? DELAY.minus(age()) : Duration.ZERO;
  }
}
