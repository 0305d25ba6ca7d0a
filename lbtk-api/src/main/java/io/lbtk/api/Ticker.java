package io.lbtk.api;

/** A clock that only measures time, so that a test can put its own in place. */
@FunctionalInterface
public interface Ticker {

  /**
   * Nanoseconds since some moment, as {@link System#nanoTime()}: only differences mean anything.
   */
  long nanoTime();

  /** The clock of the machine. */
  static Ticker system() {
    return System::nanoTime;
  }
}
