package io.lbtk.api;

import org.jspecify.annotations.Nullable;

/**
 * Decides which target gets the next connection.
 *
 * <p><b>Calls.</b> The generator tells the policy of each change of its table, and asks it for a
 * pick for each demand. A candidate is {@link #added} once, and may be picked from then on, except
 * while it is {@link #suspended}; after {@link #removed} it is forgotten. Weight 0 and priorities
 * need no care: the generator suspends a target of weight 0, and has one policy for each tier of
 * priority, by {@link #newInstance()}.
 *
 * <p><b>Requirements.</b> A change does not restart the order: the next candidate stays the next.
 * Weights are honoured. A pick for a demand that excludes targets does not disturb the order of
 * picks for demands that exclude none: otherwise a retry after a failure would take the turn of a
 * healthy target, and leave the next first attempt to the failing one. Every method takes constant
 * or logarithmic time, also with a million candidates of which nine in ten are suspended.
 *
 * <p><b>Threads.</b> All methods are called serially by one generator, which holds its lock
 * meanwhile: an implementation needs no lock, must not block, and must not call other parts.
 */
public interface Policy {

  /** Returns a policy with the same settings and without candidates. */
  Policy newInstance();

  /** Adds a candidate, which may be picked from now on. */
  void added(Candidate candidate);

  /**
   * Notes that the target of this candidate has another weight or other attributes. {@link
   * Candidate#target()} already returns the new values.
   *
   * @param before the target as it was
   */
  void changed(Candidate candidate, Target before);

  /** Removes a candidate, suspended or not. Its tokens may still be released. */
  void removed(Candidate candidate);

  /** Notes that the candidate must not be picked until it is {@link #resumed}. */
  void suspended(Candidate candidate);

  /** Notes that the suspended candidate may be picked again. */
  void resumed(Candidate candidate);

  /**
   * Notes that a token of this candidate was taken; {@link Candidate#live()} includes it already.
   */
  default void taken(Candidate candidate) {}

  /**
   * Notes that a token of this candidate was released; {@link Candidate#live()} no longer includes
   * it.
   */
  default void released(Candidate candidate, Outcome outcome) {}

  /**
   * Picks a candidate for a demand.
   *
   * @return a candidate that was added, is not suspended and is not excluded by the demand; null if
   *     there is none, and only then
   */
  @Nullable Candidate pick(Demand demand);
}
