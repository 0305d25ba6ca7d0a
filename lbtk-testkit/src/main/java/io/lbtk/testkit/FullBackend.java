package io.lbtk.testkit;

import io.lbtk.api.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A backend that neither accepts nor refuses: it listens, but its queue of connections is full, so
 * that clients wait.
 */
public final class FullBackend implements AutoCloseable {

  private static final int ENOUGH = 64;
  private static final int PATIENCE_MILLIS = 500;

  private final List<Socket> queue = new ArrayList<>();
  private final ServerSocket listener;
  private boolean full;

  /** Creates one on a free port of 127.0.0.1, and fills its queue. */
  public FullBackend() {
    try {
      listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      fill();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fill() throws IOException {
    while (!full && queue.size() < ENOUGH) {
      Socket socket = new Socket();
      queue.add(socket);
      try {
        socket.connect(
            new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()),
            PATIENCE_MILLIS);
      } catch (SocketTimeoutException e) {
        full = true;
      }
    }
  }

  /** Returns whether this system supports it: some refuse or accept where Linux waits. */
  public boolean isFull() {
    return full;
  }

  /** Returns the address at which connections wait. */
  public Target target() {
    return Target.of(listener.getInetAddress().getHostAddress(), listener.getLocalPort());
  }

  /** Stops listening and closes every connection. A second call does nothing. */
  @Override
  public void close() {
    try {
      for (Socket socket : queue) {
        socket.close();
      }
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
