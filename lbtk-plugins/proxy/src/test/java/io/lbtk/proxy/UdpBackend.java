package io.lbtk.proxy;

import io.lbtk.api.Target;
import io.lbtk.net.UdpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A target for datagrams on the loopback interface. */
final class UdpBackend implements AutoCloseable {

  /** What it does with a datagram. */
  @FunctionalInterface
  interface Answer {
    /** May send it back, with other bytes or as it is. */
    void to(DatagramPacket received, DatagramSocket socket) throws IOException;
  }

  private final DatagramSocket socket;
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::serve, "udp backend");
  private Answer answer = (packet, to) -> {};

  private UdpBackend(InetAddress host) throws IOException {
    this.socket = new DatagramSocket(0, host);
    this.thread.setDaemon(true);
  }

  private static UdpBackend start(Answer answer) throws IOException {
    return start(InetAddress.getLoopbackAddress(), answer);
  }

  private static UdpBackend start(InetAddress host, Answer answer) throws IOException {
    UdpBackend backend = new UdpBackend(host);
    backend.answer = answer;
    backend.thread.start();
    return backend;
  }

  /** Sends back what it gets. */
  static UdpBackend echo() throws IOException {
    return echo(InetAddress.getLoopbackAddress());
  }

  /** The same, on an address of this machine. */
  static UdpBackend echo(InetAddress host) throws IOException {
    return start(host, (packet, socket) -> socket.send(packet));
  }

  /** Answers each datagram so many times. */
  static UdpBackend echo(int times) throws IOException {
    return start(
        (packet, socket) -> {
          for (int i = 0; i < times; i++) {
            socket.send(packet);
          }
        });
  }

  /** Answers nothing. */
  static UdpBackend silent() throws IOException {
    return start((packet, socket) -> {});
  }

  /** A port of 127.0.0.1 where nobody receives, and that nobody gets by chance meanwhile. */
  static UdpBackend refusing() throws IOException {
    UdpBackend refusing = new UdpBackend(InetAddress.getLoopbackAddress());
    // What it is connected to is the only one that it receives from.
    refusing.socket.connect(InetAddress.getLoopbackAddress(), refusing.socket.getLocalPort());
    return refusing;
  }

  Target target() {
    return Target.of(socket.getLocalAddress().getHostAddress(), socket.getLocalPort());
  }

  /** What came, in order. */
  List<String> received() {
    return received;
  }

  private void serve() {
    byte[] buffer = new byte[65_536];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        received.add(UdpClient.text(packet));
        answer.to(packet, socket);
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** From then on its port refuses. */
  @Override
  public void close() {
    socket.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
