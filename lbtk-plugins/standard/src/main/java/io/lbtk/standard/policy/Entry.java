package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * State of a candidate in one of the two orders of {@link RoundRobin}. The entry in the order of
 * first attempts is attached to the candidate, and holds the entry in the order of retries.
 */
final class Entry {

  final Candidate candidate;

  boolean suspended;

  /** The class of its weight; null while it cannot be picked. */
  @Nullable WeightClass ring;

  /** The chunk that holds it; null while it cannot be picked. */
  @Nullable Chunk stretch;

  /**
   * Time left until it is due, kept while it is in no class, as a fraction of the interval between
   * two picks, of which {@link WeightClass#ROUND} is the whole; so it fits any weight. Negative if
   * it is overdue.
   */
  long wait = WeightClass.ROUND;

  private final @Nullable Entry retries;

  /** Creates the entries of a new candidate in both orders, due after a whole interval. */
  Entry(Candidate candidate) {
    this(candidate, new Entry(candidate, null));
  }

  private Entry(Candidate candidate, @Nullable Entry retries) {
    this.candidate = candidate;
    this.retries = retries;
  }

  /** Returns the entry of the same candidate in the order of retries. */
  Entry ofRetries() {
    return Objects.requireNonNull(retries, "retries");
  }

  /** Returns the entry of an added candidate in the order of first attempts. */
  static Entry of(Candidate candidate) {
    if (candidate.attachment() instanceof Entry turn) {
      return turn;
    }
    throw new IllegalStateException("%s was never added".formatted(candidate.target().hostPort()));
  }
}
