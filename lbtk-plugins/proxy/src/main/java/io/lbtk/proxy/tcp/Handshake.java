package io.lbtk.proxy.tcp;

/** Who waits for the handshake of one end: told once how it went, on the loop. */
public interface Handshake {

  /** The other end may speak, and is who it has to be. */
  void done();

  /** The connection is of no use; it may be closed already. */
  void failed(Throwable cause);
}
