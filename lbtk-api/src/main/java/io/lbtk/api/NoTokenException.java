package io.lbtk.api;

/**
 * The failure of {@link TokenSource#take} if a demand ends without a token. It has no stack trace,
 * since it is an answer rather than a fault.
 */
public final class NoTokenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Shortage shortage;

  /**
   * Creates an exception.
   *
   * @param shortage the reason
   * @param message the reason in words, for the log
   */
  public NoTokenException(Shortage shortage, String message) {
    super(message, null, false, false);
    this.shortage = shortage;
  }

  /** Returns the reason why there is no token. */
  public Shortage shortage() {
    return shortage;
  }
}
