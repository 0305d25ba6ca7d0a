package io.lbtk.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;

/** A client on the loopback interface that waits 30 seconds for an answer. */
public final class UdpClient implements AutoCloseable {

  private final DatagramSocket socket;
  private final InetSocketAddress server;

  /** A client of whoever listens there. */
  public UdpClient(InetSocketAddress server) throws IOException {
    InetAddress host =
        server.getAddress().isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress()
            : server.getAddress();
    socket = new DatagramSocket(0, host);
    // Not connected: such a socket of the JDK sends no empty datagram.
    this.server = new InetSocketAddress(host, server.getPort());
    socket.setSoTimeout(30_000);
  }

  /** Sets the time to wait for an answer. */
  public UdpClient patience(Duration time) throws IOException {
    socket.setSoTimeout((int) time.toMillis());
    return this;
  }

  /** Returns the text of a datagram. */
  public static String text(DatagramPacket packet) {
    return new String(packet.getData(), packet.getOffset(), packet.getLength(), ISO_8859_1);
  }

  /** Sends a datagram. */
  public UdpClient send(String text) throws IOException {
    send(text.getBytes(ISO_8859_1));
    return this;
  }

  /** Sends a datagram. */
  public void send(byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, server));
  }

  /** Waits for the next datagram. */
  public byte[] receiveBytes() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  /** Waits for the next datagram. */
  public String receive() throws IOException {
    return new String(receiveBytes(), ISO_8859_1);
  }

  /** Sends a datagram, and waits for the next. */
  public String exchange(String text) throws IOException {
    return send(text).receive();
  }

  @Override
  public void close() {
    socket.close();
  }
}
