package io.lbtk.standard.refresh;

/** A document of JSON is malformed: says where, and what was expected. */
final class JsonListException extends Exception {

  private static final long serialVersionUID = 1L;

  JsonListException(String message) {
    super(message);
  }
}
