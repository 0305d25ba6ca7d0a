package io.lbtk.ganglia;

import java.io.IOException;

/** Thrown if an answer cannot be used; the message has the reason. */
final class AnswerException extends IOException {

  private static final long serialVersionUID = 1;

  AnswerException(String message) {
    super(message);
  }
}
