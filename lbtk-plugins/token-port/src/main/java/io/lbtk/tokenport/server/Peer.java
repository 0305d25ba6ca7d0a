package io.lbtk.tokenport.server;

import io.netty.buffer.ByteBuf;

/** Handles the connection of a peer after the handshake. Called on its event loop. */
interface Peer {

  /** Called when the handshake is done. */
  void start();

  /** Called for each message, which the caller releases. */
  void message(ByteBuf body);

  /** Called for each answer to a PING. */
  void pong(long sequence);

  /** Called when all received messages were passed on. */
  void readComplete();

  /** Called when the writability of the channel has changed. */
  void writabilityChanged();

  /** Called when the peer has violated the protocol; the connection is about to be closed. */
  void failed(String problem);

  /** Called once, when the connection is closed. */
  void ended();
}
