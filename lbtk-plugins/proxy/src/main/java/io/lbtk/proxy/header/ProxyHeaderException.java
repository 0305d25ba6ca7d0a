package io.lbtk.proxy.header;

/** Thrown when bytes are not a valid PROXY protocol header. */
public final class ProxyHeaderException extends Exception {

  private static final long serialVersionUID = 1;

  /**
   * Creates an exception.
   *
   * @param message the error, with the expected value
   */
  ProxyHeaderException(String message) {
    // Any client can cause this, so the costly stack trace is omitted.
    super(message, null, false, false);
  }
}
