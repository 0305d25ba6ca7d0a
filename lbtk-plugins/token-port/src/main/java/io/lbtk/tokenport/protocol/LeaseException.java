package io.lbtk.tokenport.protocol;

/**
 * A line that is not understood, or that asks too much: the connection is to be closed, and the
 * other end told why. It carries no stack trace: it tells of the other end, not of this one.
 */
public final class LeaseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Says what is wrong, and what was expected: one line of ASCII, which goes out as it is. */
  public LeaseException(String message) {
    super(message, null, false, false);
  }
}
