package io.lbtk.testkit;

import io.lbtk.api.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of 127.0.0.1 that refuses every connection, and that nobody gets by chance meanwhile: it
 * is bound, and does not listen. Whoever is told its number can listen there, where the system
 * allows that (Linux does); afterwards it refuses again.
 */
public final class ClosedPort implements AutoCloseable {

  private final Socket socket = new Socket();

  /** A free port. */
  public ClosedPort() {
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where connections are refused. */
  public Target target() {
    return Target.of(socket.getLocalAddress().getHostAddress(), socket.getLocalPort());
  }

  /** Gives the port back. A second call does nothing. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
