package io.lbtk.launcher;

import io.lbtk.api.SettingsException;

/** The command line is wrong. The message is for the user, one or more lines. */
final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  /** What the words of the command say is wrong as settings. */
  UsageException(SettingsException e) {
    super(String.join("\n", e.problems()), e);
  }
}
