package io.lbtk.api;

import org.jspecify.annotations.Nullable;

/**
 * Something cannot start. The message is for the operator: what, where, and what was expected. It
 * is shown without a stack trace.
 */
public final class StartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Something cannot start, for the reason in the message. */
  public StartException(String message) {
    this(message, null);
  }

  /** Something cannot start, for the reason in the message, with what was thrown. */
  public StartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
