package io.lbtk.dns;

/** What name servers say cannot be used; the message says why, and what was expected. */
final class LookupException extends Exception {

  private static final long serialVersionUID = 1L;

  LookupException(String message) {
    super(message);
  }
}
