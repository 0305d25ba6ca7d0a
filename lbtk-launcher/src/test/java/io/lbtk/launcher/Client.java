package io.lbtk.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client of a proxy, as {@code nc}. */
final class Client implements AutoCloseable {

  private final Socket socket;
  private final BufferedReader reader;

  Client(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    reader =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Sends a line. */
  Client say(String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** A line from the other side; null at its end. */
  @Nullable String hear() throws IOException {
    return reader.readLine();
  }

  /** What a new connection hears first. */
  static @Nullable String hear(int port) throws IOException {
    try (Client client = new Client(port)) {
      return client.hear();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
