package io.lbtk.api;

import java.net.URI;
import java.util.concurrent.Executor;

/** Carries tokens between processes, for one URI scheme. */
public interface TokenTransport extends AutoCloseable {

  /**
   * Serves the tokens of a source at an address. May block until it is bound.
   *
   * @param source the source of the tokens, which is not closed by the publication
   * @throws StartException if it cannot be bound; the message names the address
   */
  Publication publish(URI address, TokenSource source);

  /**
   * Connects to a publication, which need not exist yet: failed attempts are repeated, and logged
   * once.
   *
   * @param executor the executor that completes the futures of tokens, and runs the connection
   *     itself if the transport is able to. Use of the source by tasks of a serial executor then
   *     needs no change of threads; other threads may use it too
   * @return the source, which the caller closes
   * @throws IllegalArgumentException if this transport cannot connect to such an address
   */
  RemoteTokenSource connect(URI address, Executor executor);

  /** Closes all publications and connections of this transport. A second call does nothing. */
  @Override
  void close();

  /** A token source that is served at an address. */
  interface Publication extends AutoCloseable {

    /** Returns the address of the publication, with the port that was bound. */
    URI address();

    /** Ends the publication and releases the tokens of its peers. A second call does nothing. */
    @Override
    void close();
  }
}
