package io.lbtk.netty.proxy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on loopback that knows some names, and IPv4 addresses alone. */
final class TestNameServer implements AutoCloseable {

  private static final int HEADER = 12;
  private static final int TYPE_A = 1;

  private record Answer(int ttl, List<InetAddress> addresses) {}

  private static final Answer UNKNOWN = new Answer(0, List.of());

  private final DatagramSocket socket;
  private final Map<String, Answer> names = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();

  TestNameServer() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "name server");
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  TestNameServer knows(String name, int ttl, String... addresses) throws IOException {
    InetAddress[] found = new InetAddress[addresses.length];
    for (int i = 0; i < addresses.length; i++) {
      found[i] = InetAddress.getByName(addresses[i]);
    }
    names.put(name, new Answer(ttl, List.of(found)));
    return this;
  }

  /** How often it was asked for an IPv4 address. */
  int questions() {
    return questions.get();
  }

  private void serve() {
    byte[] buffer = new byte[512];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        byte[] answer = answer(buffer);
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // Closed, which ends the loop.
      }
    }
  }

  private byte[] answer(byte[] query) throws IOException {
    StringBuilder name = new StringBuilder();
    int at = HEADER;
    while (query[at] != 0) {
      int length = query[at];
      name.append(name.isEmpty() ? "" : ".")
          .append(new String(query, at + 1, length, StandardCharsets.US_ASCII));
      at += 1 + length;
    }
    int type = query[at + 2];
    int end = at + 5;
    Answer known = names.getOrDefault(name.toString(), UNKNOWN);
    List<InetAddress> addresses = type == TYPE_A ? known.addresses() : List.of();
    if (type == TYPE_A) {
      questions.incrementAndGet();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(query, 0, 2);
    out.writeShort(known.equals(UNKNOWN) ? 0x8183 : 0x8180);
    out.writeShort(1);
    out.writeShort(addresses.size());
    out.writeInt(0);
    out.write(query, HEADER, end - HEADER);
    for (InetAddress address : addresses) {
      out.writeShort(0xc000 | HEADER);
      out.writeShort(TYPE_A);
      out.writeShort(1);
      out.writeInt(known.ttl());
      out.writeShort(4);
      out.write(address.getAddress());
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    socket.close();
  }
}
