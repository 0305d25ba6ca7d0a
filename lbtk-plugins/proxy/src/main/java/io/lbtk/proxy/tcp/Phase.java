package io.lbtk.proxy.tcp;

/**
 * One step that a connection completes before it can relay. Steps run one after the other on the
 * loop of the connection.
 */
interface Phase {

  /** Called when the timer of the tunnel fires, which may be early. */
  void due(long now);

  /** Cancels this step without notifying the tunnel. */
  void cancel();
}
