package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import org.jspecify.annotations.Nullable;

/** Position of a candidate in the buckets of {@link RandomPolicy}. */
final class Slot {

  final Candidate candidate;

  boolean suspended;

  /** The bucket that holds it; null while it cannot be picked. */
  @Nullable WeightBucket urn;

  /** Index in the bucket. */
  int index;

  Slot(Candidate candidate) {
    this.candidate = candidate;
  }

  /** Returns the slot of an added candidate. */
  static Slot of(Candidate candidate) {
    if (candidate.attachment() instanceof Slot lot) {
      return lot;
    }
    throw new IllegalStateException("%s was never added".formatted(candidate.target().hostPort()));
  }
}
