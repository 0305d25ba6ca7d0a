package io.lbtk.launcher;

import java.io.IOException;

/** Thrown if standard output cannot be written, as on a full disk. */
final class OutputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OutputException(IOException e) {
    super("the standard output cannot be written: " + e.getMessage(), e);
  }
}
