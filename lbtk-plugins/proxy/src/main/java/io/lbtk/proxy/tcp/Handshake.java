package io.lbtk.proxy.tcp;

/** A listener for the handshake of one end. Exactly one method is called, once, on the loop. */
public interface Handshake {

  /** Called when the handshake has succeeded. */
  void done();

  /** Called when the handshake has failed. The connection may be closed already. */
  void failed(Throwable cause);
}
