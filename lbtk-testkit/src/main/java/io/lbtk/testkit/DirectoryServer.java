package io.lbtk.testkit;

import java.net.InetSocketAddress;

/** A server of a directory on the loopback, which a test stops and starts. It keeps its data. */
public interface DirectoryServer extends AutoCloseable {

  /** Where it answers, the same after a new start. */
  InetSocketAddress address();

  /** Stops it as an operator would, and waits for its end. */
  void stop();

  /** Ends it without a moment for anything, and waits for that. */
  void kill();

  /** Starts it again, and waits until it answers. Does nothing while it runs. */
  void start();

  /** Ends it for good. */
  @Override
  void close();
}
