package io.lbtk.api;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a part cannot start. The message is for the operator: what, where, and what was
 * expected. It is shown without a stack trace.
 */
public final class StartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with the reason in its message. */
  public StartException(String message) {
    this(message, null);
  }

  /** Creates an exception with the reason in its message, and a cause. */
  public StartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
