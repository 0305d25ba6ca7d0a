package io.lbtk.api;

import java.net.URI;
import java.util.concurrent.Executor;

/** Carries tokens between processes, for one scheme of URIs. */
public interface TokenTransport extends AutoCloseable {

  /**
   * Serves the tokens of a source at an address. May block until it is bound.
   *
   * @param source stays the caller's, who closes it
   * @throws StartException if it cannot be bound; the message names the address
   */
  Publication publish(URI address, TokenSource source);

  /**
   * Connects to what is published at an address, which need not be there yet: it waits, tries
   * again, and says so once in the log.
   *
   * @param executor completes what was taken, and runs the connection itself where the transport is
   *     able to. All use of the source by tasks of a serial executor then crosses no thread; use by
   *     other threads is right too
   * @return the caller's, who closes it
   * @throws IllegalArgumentException if the address cannot be one of this transport
   */
  RemoteTokenSource connect(URI address, Executor executor);

  /**
   * Ends what this transport runs: its publications and connections. A second call does nothing.
   */
  @Override
  void close();

  /** A token source that is served at an address. */
  interface Publication extends AutoCloseable {

    /** Where it is served, with the real port where 0 was asked. */
    URI address();

    /** Ends the service. What peers held is released. A second call does nothing. */
    @Override
    void close();
  }
}
