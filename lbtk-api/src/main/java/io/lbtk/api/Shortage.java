package io.lbtk.api;

/** Why there is no token. */
public enum Shortage {
  /** No target may be picked now; the demand waits for one. */
  EMPTY,
  /** Targets are there, at their limits; the demand waits for one to be released. */
  BUSY,
  /** The demand excludes every target that may be picked; it has ended. */
  EXCLUDED,
  /** The time of the demand is over; it has ended. */
  EXPIRED,
  /** The token source is closed; the demand has ended. */
  CLOSED
}
