package io.lbtk.core.refresh;

import java.time.Duration;
import java.util.function.IntSupplier;

/** When a change of the set is not believed at once, and what it takes to believe it. */
sealed interface Suspicion {

  /**
   * A change of the set.
   *
   * @param before how many targets there were
   * @param after how many there are
   * @param removed how many of those before are not there any more; dear, asked only where needed
   */
  record Step(int before, int after, IntSupplier removed) {}

  boolean applies(Step step);

  /**
   * Whether no change can give rise to this doubt that removes so few from so many.
   *
   * @param removed how many names are removed at the most
   * @param before how many targets there were at least
   */
  boolean allows(int removed, int before);

  /** What there is to doubt, in words. */
  String words(Step step);

  /** So many reads in a row that say the same are believed; 0 if no number of reads is. */
  int reads();

  /** What is said for so long is believed; zero if no time is enough. */
  Duration time();

  /** The set became empty. */
  record Empty(int reads, Duration time) implements Suspicion {

    @Override
    public boolean applies(Step step) {
      return step.before() > 0 && step.after() == 0;
    }

    @Override
    public boolean allows(int removed, int before) {
      return removed == 0 || removed < before;
    }

    @Override
    public String words(Step step) {
      return "no target is listed any more";
    }
  }

  /** More than so many percent of the set went away at once. */
  record Shrink(int percent, int reads, Duration time) implements Suspicion {

    @Override
    public boolean applies(Step step) {
      return step.after() > 0
          && step.before() > 0
          && step.removed().getAsInt() * 100L > (long) step.before() * percent;
    }

    @Override
    public boolean allows(int removed, int before) {
      return removed * 100L <= (long) before * percent;
    }

    @Override
    public String words(Step step) {
      return "%d of %s are gone at once (max-shrink = %d)"
          .formatted(step.removed().getAsInt(), FailureGuard.count(step.before()), percent);
    }
  }
}
