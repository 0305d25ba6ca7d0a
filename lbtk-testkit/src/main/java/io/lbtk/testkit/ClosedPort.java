package io.lbtk.testkit;

import io.lbtk.api.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of 127.0.0.1 that refuses every connection, and that no other socket gets by chance: it is
 * bound, but does not listen. A server that is given its number can listen there, if the system
 * allows that (Linux does); afterwards it refuses again.
 */
public final class ClosedPort implements AutoCloseable {

  private final Socket socket = new Socket();

  /** Reserves a free port. */
  public ClosedPort() {
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the address that refuses connections. */
  public Target target() {
    return Target.of(socket.getLocalAddress().getHostAddress(), socket.getLocalPort());
  }

  /** Releases the port. A second call does nothing. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
