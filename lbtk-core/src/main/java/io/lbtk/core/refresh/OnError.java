package io.lbtk.core.refresh;

/** The reaction to a source that cannot be read. */
public enum OnError {
  /** Keeps the last targets. */
  KEEP,
  /** Clears the targets until the source can be read again. */
  CLEAR
}
