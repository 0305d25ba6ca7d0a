package io.lbtk.proxy.header;

/** Bytes that are no header of the PROXY protocol. */
public final class ProxyHeaderException extends Exception {

  private static final long serialVersionUID = 1;

  /**
   * Bytes that are wrong.
   *
   * @param message what is wrong, and what was expected
   */
  ProxyHeaderException(String message) {
    // Anybody can send such bytes: what costs the most, the stack, says nothing.
    super(message, null, false, false);
  }
}
