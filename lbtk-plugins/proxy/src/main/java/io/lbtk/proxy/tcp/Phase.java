package io.lbtk.proxy.tcp;

/** What a connection waits for before it can relay, one thing after the other, on its loop. */
interface Phase {

  /** The time that was set for the tunnel has come, or is near. */
  void due(long now);

  /** Ends it, without a word to the tunnel. */
  void cancel();
}
