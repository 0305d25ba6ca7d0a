package io.lbtk.api;

/** The reasons why there is no token. */
public enum Shortage {
  /** No target may be picked now; the demand waits for one. */
  EMPTY,
  /** Targets are there, at their limits; the demand waits for one to be released. */
  BUSY,
  /** The demand excludes every target that may be picked; it has ended. */
  EXCLUDED,
  /** The timeout of the demand has passed; it has ended. */
  EXPIRED,
  /** The token source is closed; the demand has ended. */
  CLOSED
}
