package io.lbtk.api;

/**
 * A decision: one target, for one connection.
 *
 * <p>Whoever took the token releases it exactly once, when the connection has ended or could not be
 * made; until then it counts as a live connection of its target.
 */
public interface Token {

  /** Where to connect to. */
  Target target();

  /**
   * Gives the token back, with what became of it. A second call does nothing. Any thread; never
   * blocks, never throws.
   */
  void release(Outcome outcome);
}
