package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a candidate in one of the two orders of {@link RoundRobin}. The turn of the order of
 * first attempts is attached to the candidate, and has the one of the order of retries.
 */
final class Entry {

  final Candidate candidate;

  boolean suspended;

  /** The ring of its weight; null while it may not be picked. */
  @Nullable WeightClass ring;

  /** Where in the ring it is; null while it may not be picked. */
  @Nullable Chunk stretch;

  /**
   * What is left of the wait for its turn, kept while it is in no ring: as a part of the wait from
   * turn to turn, of which {@link WeightClass#ROUND} is the whole, so that it fits any weight.
   * Negative if it is overdue.
   */
  long wait = WeightClass.ROUND;

  private final @Nullable Entry retries;

  /** Creates the turns of a new candidate, which has the whole wait before it in both orders. */
  Entry(Candidate candidate) {
    this(candidate, new Entry(candidate, null));
  }

  private Entry(Candidate candidate, @Nullable Entry retries) {
    this.candidate = candidate;
    this.retries = retries;
  }

  /** Returns the turn of the same candidate in the order of retries. */
  Entry ofRetries() {
    return Objects.requireNonNull(retries, "retries");
  }

  /** Returns the turn of a candidate that was added, in the order of first attempts. */
  static Entry of(Candidate candidate) {
    if (candidate.attachment() instanceof Entry turn) {
      return turn;
    }
    throw new IllegalStateException("%s was never added".formatted(candidate.target().hostPort()));
  }
}
