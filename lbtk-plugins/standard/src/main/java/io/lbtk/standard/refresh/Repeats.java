package io.lbtk.standard.refresh;

import io.lbtk.api.Refresh;
import org.jspecify.annotations.Nullable;

/**
 * Knows what was reported last, so that a read that found nothing new is not reported. Empty sets
 * and failures always are, and so is the first set after a failure. Used by one thread at a time.
 */
final class Repeats {

  private @Nullable Refresh last;

  boolean isNews(Refresh read) {
    boolean news = !read.equals(last) || isEmpty(read) || read instanceof Refresh.Failure;
    last = read;
    return news;
  }

  /** Whether the last read found a set without a target. */
  boolean isEmpty() {
    return last != null && isEmpty(last);
  }

  private static boolean isEmpty(Refresh read) {
    return read instanceof Refresh.Snapshot snapshot && snapshot.targets().isEmpty();
  }
}
