package io.lbtk.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server that tells each client its name, then waits for it to go. */
final class NamedBackend implements AutoCloseable {

  private final ServerSocket server;

  NamedBackend(String name) throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(() -> serve(name));
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(String name) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
        Thread thread = new Thread(() -> waitForEnd(socket));
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private static void waitForEnd(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      // It has gone without reading the name, as a check of health does.
    }
  }

  /** Its address, as a target. */
  String target() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
