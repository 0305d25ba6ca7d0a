package io.lbtk.core.refresh;

/** The reaction to a source that no longer lists any target. */
public enum OnEmpty {
  /**
   * Accepts the empty set after three identical reads in a row if the source is polled, or after 30
   * seconds if it is pushed.
   */
  CONFIRM,
  /** Keeps the last targets. */
  KEEP,
  /** Accepts the empty set at once. */
  ACCEPT
}
