package io.lbtk.testkit.servers;

import java.net.InetSocketAddress;

/** A server of a directory on the loopback, which a test stops and starts. It keeps its data. */
public interface DirectoryServer extends AutoCloseable {

  /** Returns its address, the same after a restart. */
  InetSocketAddress address();

  /** Stops it in an orderly way, and waits for its end. */
  void stop();

  /** Kills it, and waits for its end. */
  void kill();

  /** Starts it again, and waits until it answers. Does nothing while it runs. */
  void start();

  /** Stops it for good. */
  @Override
  void close();
}
