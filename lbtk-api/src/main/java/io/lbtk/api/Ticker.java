package io.lbtk.api;

/** A clock that measures elapsed time, which tests can replace by their own. */
@FunctionalInterface
public interface Ticker {

  /**
   * Returns the nanoseconds since an arbitrary origin, as {@link System#nanoTime()} does: only
   * differences are meaningful.
   */
  long nanoTime();

  /** Returns the clock of the machine. */
  static Ticker system() {
    return System::nanoTime;
  }
}
