package io.lbtk.ganglia;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.lbtk.testkit.DirectoryServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Answers whoever connects with what it was given, and closes: as gmond does, which cannot be told
 * to forget a host. Thread-safe.
 */
final class Replay implements DirectoryServer {

  private volatile byte[] answer = new byte[0];
  private ServerSocket listener;
  private final InetSocketAddress address;

  Replay() {
    listener = listen(0);
    address = new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
  }

  private ServerSocket listen(int port) {
    try {
      ServerSocket opened = new ServerSocket();
      opened.setReuseAddress(true);
      opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      Thread thread = new Thread(() -> serve(opened), "replay of gmond");
      thread.setDaemon(true);
      thread.start();
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(ServerSocket opened) {
    while (!opened.isClosed()) {
      try (Socket client = opened.accept()) {
        client.getOutputStream().write(answer);
      } catch (IOException e) {
        // Closed, or a client that had enough.
      }
    }
  }

  void answer(String text) {
    answer(text.getBytes(ISO_8859_1));
  }

  void answer(byte[] bytes) {
    answer = bytes;
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public synchronized void stop() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void kill() {
    stop();
  }

  @Override
  public synchronized void start() {
    if (listener.isClosed()) {
      listener = listen(address.getPort());
    }
  }

  @Override
  public void close() {
    stop();
  }
}
