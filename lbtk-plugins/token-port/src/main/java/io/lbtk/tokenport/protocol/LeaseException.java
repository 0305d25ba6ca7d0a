package io.lbtk.tokenport.protocol;

/**
 * Thrown if a line is malformed or exceeds a limit. The connection is closed, after an error line
 * to the other end. It has no stack trace, since it describes a fault of the other end.
 */
public final class LeaseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the fault and the expected input, as one line of ASCII; it is sent as it is
   */
  public LeaseException(String message) {
    super(message, null, false, false);
  }
}
