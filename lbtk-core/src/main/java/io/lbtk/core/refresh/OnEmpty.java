package io.lbtk.core.refresh;

/** Whether a source is believed when it lists targets no more. */
public enum OnEmpty {
  /**
   * After it has said so again: with three reads in a row where it is polled, for 30 seconds where
   * it is pushed.
   */
  CONFIRM,
  /** Never: the last targets stay. */
  KEEP,
  /** At once. */
  ACCEPT
}
