package io.lbtk.proxy.echo;

import java.net.InetSocketAddress;
import java.util.List;

/** The event loops and the sockets of a started echo server. */
interface RunningEcho extends AutoCloseable {

  /** The time in seconds within which the event loops have to end. */
  long END_SECONDS = 10;

  /**
   * Returns the addresses that it listens on, in the given order, with the ports that were bound.
   */
  List<InetSocketAddress> addresses();

  /** Closes everything, and waits for that. */
  @Override
  void close();
}
