package io.lbtk.tokenport.zmtp;

/**
 * The other end said what ZMTP does not allow, or what is not spoken here. It carries no stack
 * trace: it tells of the other end, not of this one.
 */
public final class ZmtpException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ZmtpException(String message) {
    super(message, null, false, false);
  }
}
