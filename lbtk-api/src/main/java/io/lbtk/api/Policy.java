package io.lbtk.api;

import org.jspecify.annotations.Nullable;

/**
 * Says which target gets the next connection.
 *
 * <p><b>What it is told.</b> The generator tells the policy of every change of its table, and asks
 * it for a pick whenever somebody wants a token. A candidate is {@link #added} once, and may be
 * picked from then on; while it is {@link #suspended} it may not; after {@link #removed} it is
 * forgotten. Weight 0 and priorities need no care: the generator suspends a target of weight 0, and
 * keeps one policy for each tier of priority, by {@link #newInstance()}.
 *
 * <p><b>What is expected.</b> A change never restarts the order: who was next stays next. Weights
 * are honoured. A pick for a demand that excludes targets does not disturb the order of picks for
 * those that exclude none: retries after a failure would else take the turns of healthy targets,
 * and leave first attempts to the failing one. Every method takes constant or logarithmic time,
 * also with a million candidates of which nine in ten are suspended.
 *
 * <p><b>Threads.</b> All methods are called serially by one generator, which holds its lock
 * meanwhile: an author needs no lock, never blocks, and calls nobody else.
 */
public interface Policy {

  /** A policy of the same settings that knows no candidate yet. */
  Policy newInstance();

  /** A new candidate, which may be picked. */
  void added(Candidate candidate);

  /**
   * The target of this candidate has another weight or other attributes. {@link Candidate#target()}
   * gives the new values already.
   *
   * @param before the target as it was
   */
  void changed(Candidate candidate, Target before);

  /** The candidate is gone, suspended or not. Tokens of it may still come back. */
  void removed(Candidate candidate);

  /** The candidate may not be picked for now. */
  void suspended(Candidate candidate);

  /** The suspended candidate may be picked again. */
  void resumed(Candidate candidate);

  /** A token of this candidate was given out; {@link Candidate#live()} counts it already. */
  default void taken(Candidate candidate) {}

  /** A token of this candidate came back; {@link Candidate#live()} counts it no more. */
  default void released(Candidate candidate, Outcome outcome) {}

  /**
   * Picks for one demand.
   *
   * @return a candidate that was added, is not suspended and is not excluded by the demand; null if
   *     there is none, and only then
   */
  @Nullable Candidate pick(Demand demand);
}
