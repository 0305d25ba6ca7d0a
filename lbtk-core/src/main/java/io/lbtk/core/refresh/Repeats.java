package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher.Mode;
import org.jspecify.annotations.Nullable;

/**
 * Knows what was reported last, so that a read that found nothing new is not reported. Failures
 * always are, and so is the first set after a failure. Used by one thread at a time.
 */
public final class Repeats {

  /** So many reads that say the same confirm any set, in each of the guards. */
  private static final int CONFIRMING = 3;

  private final int wanted;
  private @Nullable Refresh last;
  private int times;

  /** Of a source that is polled a set is news until it is confirmed, of any other only once. */
  public Repeats(Mode mode) {
    this.wanted = mode == Mode.POLLED ? CONFIRMING : 1;
  }

  /** Whether this is to be reported; takes it as the last. */
  public boolean isNews(Refresh read) {
    times = read.equals(last) ? Math.min(times, wanted) + 1 : 1;
    last = read;
    return times <= wanted || read instanceof Refresh.Failure;
  }

  /** Makes the next read news, whatever it says: what was reported last has not arrived. */
  public void forget() {
    last = null;
    times = 0;
  }

  /** Whether another read that says the same would be news. */
  public boolean isOpen() {
    return times < wanted;
  }
}
