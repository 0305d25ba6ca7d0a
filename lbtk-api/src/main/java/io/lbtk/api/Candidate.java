package io.lbtk.api;

import org.jspecify.annotations.Nullable;

/**
 * A target in the table of a generator, as its {@link Policy} sees it.
 *
 * <p>A target has one candidate from {@link Policy#added} to {@link Policy#removed}, so candidates
 * can be compared by identity. The methods are called only from within calls of the policy.
 */
public interface Candidate {

  /** Returns the target with its present weight and attributes. */
  Target target();

  /**
   * Returns the number of tokens of this target that were taken and not yet released, over all
   * takers: the connections that the whole fleet has open to it.
   */
  int live();

  /** Returns the object that the policy attached by {@link #attach}; null at first. */
  @Nullable Object attachment();

  /**
   * Attaches the policy's own state of this candidate, so that the policy needs no map: with a
   * million targets, resizing a map takes longer than a pick may take.
   */
  void attach(@Nullable Object state);
}
