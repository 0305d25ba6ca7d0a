package io.lbtk.ganglia;

import java.io.IOException;

/** An answer that cannot be used; the message says why, for people. */
final class AnswerException extends IOException {

  private static final long serialVersionUID = 1;

  AnswerException(String message) {
    super(message);
  }
}
