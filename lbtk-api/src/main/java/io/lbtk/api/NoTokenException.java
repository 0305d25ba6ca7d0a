package io.lbtk.api;

/**
 * A demand ended without a token: what {@link TokenSource#take} fails with. It carries no stack
 * trace: it is an answer, not a fault.
 */
public final class NoTokenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Shortage shortage;

  /**
   * An answer without a token.
   *
   * @param shortage why
   * @param message the same in words, for the log
   */
  public NoTokenException(Shortage shortage, String message) {
    super(message, null, false, false);
    this.shortage = shortage;
  }

  /** Why there is no token. */
  public Shortage shortage() {
    return shortage;
  }
}
