package io.lbtk.benchmarks;

/**
 * Pairs of a peer that asks for one thing after the other, as fast as it is answered, and one that
 * answers: over TCP on the loopback. Used by one thread.
 */
interface TokenExchange extends AutoCloseable {

  /** For the table. */
  String name();

  /** Lets all peers ask. */
  void start();

  /** Lets them ask no more; what was asked is still answered. */
  void stop();

  /** Answers since it was made. */
  long answers();

  @Override
  void close();
}
