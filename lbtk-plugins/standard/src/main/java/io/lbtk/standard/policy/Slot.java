package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import org.jspecify.annotations.Nullable;

/** A candidate's lot in {@link RandomPolicy}: where it is among those that can be drawn. */
final class Slot {

  final Candidate candidate;

  boolean suspended;

  /** Where it is; null while it may not be picked. */
  @Nullable WeightBucket urn;

  /** Its index in the urn. */
  int index;

  Slot(Candidate candidate) {
    this.candidate = candidate;
  }

  /** The lot of a candidate that was added. */
  static Slot of(Candidate candidate) {
    if (candidate.attachment() instanceof Slot lot) {
      return lot;
    }
    throw new IllegalStateException("%s was never added".formatted(candidate.target().hostPort()));
  }
}
