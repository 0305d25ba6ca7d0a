package io.lbtk.api;

import org.jspecify.annotations.Nullable;

/**
 * A target that stands in the table of a generator, as its {@link Policy} sees it.
 *
 * <p>One candidate stands for one target from {@link Policy#added} to {@link Policy#removed}, so it
 * can be compared by identity. Its methods are called only from within calls of the policy.
 */
public interface Candidate {

  /** The target, as it is now. */
  Target target();

  /**
   * Tokens of this target that were taken and not yet released, over all takers: the connections
   * that the whole fleet has open to it.
   */
  int live();

  /** What the policy has put here by {@link #attach}; null at first. */
  @Nullable Object attachment();

  /**
   * Keeps what the policy knows of this candidate, so that it finds it again without a map: at a
   * million targets the growth of a map takes longer than a pick may.
   */
  void attach(@Nullable Object state);
}
