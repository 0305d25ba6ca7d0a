package io.lbtk.api;

/**
 * A decision: one target, for one connection.
 *
 * <p>The taker of a token releases it when the connection has ended or could not be made. Until
 * then the token counts as a live connection of its target. In a try-with-resources statement a
 * token is released in any case:
 *
 * <pre>{@code
 * try (Token token = tokens.take(Demand.any()).join()) {
 *   call(token.target());
 * } // released as closed
 * }</pre>
 */
public interface Token extends AutoCloseable {

  /** Returns the target to connect to. */
  Target target();

  /**
   * Gives the token back, and reports what became of it. A second call does nothing. May be called
   * by any thread; never blocks, never throws.
   */
  void release(Outcome outcome);

  /** Releases the token as {@link Outcome#closed()}, unless it was released before. */
  @Override
  default void close() {
    release(Outcome.closed());
  }
}
