package io.lbtk.core.refresh;

import java.time.Duration;
import java.util.function.IntSupplier;

/** A reason to hold back a change of the set, and the conditions that confirm it. */
sealed interface Suspicion {

  /**
   * A change of the set.
   *
   * @param before the number of targets before
   * @param after the number of targets after
   * @param removed the number of targets removed; expensive, so computed only if needed
   */
  record Step(int before, int after, IntSupplier removed) {}

  boolean applies(Step step);

  /**
   * Returns whether a change that removes so few targets can never be suspicious.
   *
   * @param removed the largest number of names removed
   * @param before the number of targets before at least
   */
  boolean allows(int removed, int before);

  /** Returns a description for the log. */
  String words(Step step);

  /** Returns the number of identical reads in a row that confirms; 0 if reads never do. */
  int reads();

  /** Returns the time without a change that confirms; zero if time never does. */
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

  /** More than a percentage of the set was removed at once. */
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
