package io.lbtk.launcher;

import io.lbtk.api.SettingsException;

/** Thrown if the command line is wrong. The message is meant for the user, one or more lines. */
final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  /** Creates an exception from problems of settings that were given on the command line. */
  UsageException(SettingsException e) {
    super(String.join("\n", e.problems()), e);
  }
}
