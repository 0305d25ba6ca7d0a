package io.lbtk.core.refresh;

/** What becomes of the targets when their source cannot be read. */
public enum OnError {
  /** They stay as they were: to lose the source is not to lose the targets. */
  KEEP,
  /** They are gone until the source can be read again. */
  CLEAR
}
