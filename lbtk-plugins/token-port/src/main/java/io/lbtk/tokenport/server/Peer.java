package io.lbtk.tokenport.server;

import io.netty.buffer.ByteBuf;

/** The other end of a connection, after the handshake. Called on its event loop. */
interface Peer {

  /** The handshake is done. */
  void start();

  /** A message came; it stays the caller's. */
  void message(ByteBuf body);

  /** A PING was answered. */
  void pong(long sequence);

  /** All that had come was passed on. */
  void readComplete();

  /** Whether more can be sent has changed. */
  void writabilityChanged();

  /** The connection broke a rule and is about to be closed. */
  void failed(String problem);

  /** The connection is over. Called once. */
  void ended();
}
