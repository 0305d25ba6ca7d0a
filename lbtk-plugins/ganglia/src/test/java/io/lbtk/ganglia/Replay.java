package io.lbtk.ganglia;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Answers whoever connects with what it was given, and closes: as gmond does, which cannot be told
 * to say what a test wants. Thread-safe.
 */
final class Replay implements AutoCloseable {

  private final ServerSocket listener;
  private volatile byte[] answer = new byte[0];

  Replay() {
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::serve, "replay of gmond");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket client = listener.accept()) {
        client.getOutputStream().write(answer);
      } catch (IOException e) {
        // Closed, or a client that had enough.
      }
    }
  }

  void answer(String text) {
    answer = text.getBytes(ISO_8859_1);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
