package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a candidate in one of the two orders of {@link RoundRobin}. The turn of the order of
 * first attempts is attached to the candidate, and has the one of the order of retries.
 */
final class Turn {

  final Candidate candidate;

  boolean suspended;

  /** The ring of its weight; null while it may not be picked. */
  @Nullable Ring ring;

  /** Where in the ring it is; null while it may not be picked. */
  @Nullable Stretch stretch;

  /**
   * What is left of the wait for its turn, kept while it is in no ring: as a part of the wait from
   * turn to turn, of which {@link Ring#ROUND} is the whole, so that it fits any weight. Negative if
   * it is overdue.
   */
  long wait = Ring.ROUND;

  private final @Nullable Turn retries;

  /** Creates the turns of a new candidate, which has the whole wait before it in both orders. */
  Turn(Candidate candidate) {
    this(candidate, new Turn(candidate, null));
  }

  private Turn(Candidate candidate, @Nullable Turn retries) {
    this.candidate = candidate;
    this.retries = retries;
  }

  /** Returns the turn of the same candidate in the order of retries. */
  Turn ofRetries() {
    return Objects.requireNonNull(retries, "retries");
  }

  /** Returns the turn of a candidate that was added, in the order of first attempts. */
  static Turn of(Candidate candidate) {
    if (candidate.attachment() instanceof Turn turn) {
      return turn;
    }
    throw new IllegalStateException("%s was never added".formatted(candidate.target().hostPort()));
  }
}
