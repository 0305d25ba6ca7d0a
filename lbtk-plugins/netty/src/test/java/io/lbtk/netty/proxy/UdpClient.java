package io.lbtk.netty.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** A client on 127.0.0.1 that waits 30 seconds for an answer. */
final class UdpClient implements AutoCloseable {

  private final DatagramSocket socket;
  private final InetSocketAddress proxy;

  UdpClient(InetSocketAddress proxy) throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    // Not connected: such a socket of the JDK sends no empty datagram.
    this.proxy = new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getPort());
    socket.setSoTimeout(30_000);
  }

  static String text(DatagramPacket packet) {
    return new String(packet.getData(), packet.getOffset(), packet.getLength(), ISO_8859_1);
  }

  UdpClient send(String text) throws IOException {
    send(text.getBytes(ISO_8859_1));
    return this;
  }

  void send(byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, proxy));
  }

  byte[] receiveBytes() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  String receive() throws IOException {
    return new String(receiveBytes(), ISO_8859_1);
  }

  String exchange(String text) throws IOException {
    return send(text).receive();
  }

  @Override
  public void close() {
    socket.close();
  }
}
