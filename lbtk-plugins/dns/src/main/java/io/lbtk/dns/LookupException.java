package io.lbtk.dns;

/**
 * Thrown if the answer of the name servers is unusable; the message names the reason and what was
 * expected.
 */
final class LookupException extends Exception {

  private static final long serialVersionUID = 1L;

  LookupException(String message) {
    super(message);
  }
}
