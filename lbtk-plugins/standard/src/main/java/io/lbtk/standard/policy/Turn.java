package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import org.jspecify.annotations.Nullable;

/** What {@link RoundRobin} keeps of a candidate; its place among the others is in the stretch. */
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

  /** The turn of a new candidate, which has the whole wait before it. */
  Turn(Candidate candidate) {
    this.candidate = candidate;
  }

  /** The turn of a candidate that was added. */
  static Turn of(Candidate candidate) {
    if (candidate.attachment() instanceof Turn turn) {
      return turn;
    }
    throw new IllegalStateException("%s was never added".formatted(candidate.target().hostPort()));
  }
}
