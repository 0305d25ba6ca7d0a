package io.lbtk.benchmarks.changes;

import io.lbtk.api.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A target that sends each client one byte, its name, and ends. */
final class NamedBackend implements AutoCloseable {

  private final ServerSocket server;
  private final int name;

  NamedBackend(int name) throws IOException {
    this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    this.name = name;
    Thread thread = new Thread(this::serve, "backend");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        client.getOutputStream().write(name);
      } catch (IOException e) {
        // Closed, or a client that has gone.
      }
    }
  }

  Target target() {
    return Target.of("127.0.0.1", server.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
