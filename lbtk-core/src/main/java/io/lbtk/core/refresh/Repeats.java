package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher.Mode;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the last report, so that a read without a change is not reported. Failures always are,
 * and so is the first set after a failure. Used by one thread at a time.
 */
public final class Repeats {

  /** The number of identical reads that confirms any set, in each of the guards. */
  private static final int CONFIRMING = 3;

  private final int wanted;
  private @Nullable Refresh last;
  private int times;

  /**
   * Creates a filter. An unchanged set of a polled source is reported until it is confirmed, of any
   * other source only once.
   */
  public Repeats(Mode mode) {
    this.wanted = mode == Mode.POLLED ? CONFIRMING : 1;
  }

  /** Returns whether this read is to be reported, and remembers it as the last. */
  public boolean isNews(Refresh read) {
    times = read.equals(last) ? Math.min(times, wanted) + 1 : 1;
    last = read;
    return times <= wanted || read instanceof Refresh.Failure;
  }

  /** Forgets the last report, which was not delivered, so that the next read is reported. */
  public void forget() {
    last = null;
    times = 0;
  }

  /** Returns whether another identical read would be reported. */
  public boolean isOpen() {
    return times < wanted;
  }
}
