package io.lbtk.proxy.echo;

import java.net.InetSocketAddress;
import java.util.List;

/** The threads and the sockets of an echo server, from start to close. */
interface RunningEcho extends AutoCloseable {

  /** How long loops may take to end. */
  long END_SECONDS = 10;

  /** Where it listens, in the order given, with the real ports. */
  List<InetSocketAddress> addresses();

  /** Ends all, and waits for it. */
  @Override
  void close();
}
