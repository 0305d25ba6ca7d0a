package io.lbtk.tokenport.zmtp;

/**
 * Thrown if the other end violates ZMTP, or uses a feature that is not supported. It has no stack
 * trace, since it describes a fault of the other end.
 */
public final class ZmtpException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ZmtpException(String message) {
    super(message, null, false, false);
  }
}
