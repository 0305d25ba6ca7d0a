package io.lbtk.launcher;

/** Exit codes. */
final class Exit {

  /** Success, or stopped by a signal after a clean drain. */
  static final int OK = 0;

  /** Invalid settings or a failed start; or stopped before the last connections had ended. */
  static final int PROBLEM = 1;

  /** Wrong use of the command line. */
  static final int USAGE = 2;

  private Exit() {}
}
