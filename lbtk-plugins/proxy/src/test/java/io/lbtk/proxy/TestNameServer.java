package io.lbtk.proxy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on loopback that knows some names, and that can be made to misbehave. */
final class TestNameServer implements AutoCloseable {

  private static final int HEADER = 12;
  private static final int TYPE_A = 1;
  private static final int TYPE_AAAA = 28;
  private static final int TRUNCATED = 0x0200;
  private static final int ATTEMPTS = 100;

  private record Answer(int ttl, List<InetAddress> addresses) {}

  private static final Answer UNKNOWN = new Answer(0, List.of());

  private final DatagramSocket socket;
  private final Map<String, Answer> names = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();
  private final AtomicInteger toLose = new AtomicInteger();
  private volatile boolean silent;
  private volatile boolean ignoresIpv6;
  private final ServerSocket tcp;
  private volatile boolean truncates;

  TestNameServer() throws IOException {
    tcp = new ServerSocket();
    socket = bindBoth(tcp);
    Thread thread = new Thread(this::serve, "name server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Binds a port that is free for both UDP and TCP. */
  private static DatagramSocket bindBoth(ServerSocket tcp) throws IOException {
    for (int attempt = 1; true; attempt++) {
      DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      try {
        tcp.bind(udp.getLocalSocketAddress());
        return udp;
      } catch (BindException e) {
        udp.close();
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
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

  /** Answers nothing from now on. */
  TestNameServer silent() {
    silent = true;
    return this;
  }

  /** Answers no question for an IPv6 address from now on. */
  TestNameServer ignoringIpv6() {
    ignoresIpv6 = true;
    return this;
  }

  /** Loses this many questions. */
  TestNameServer losing(int count) {
    toLose.set(count);
    return this;
  }

  /** Gives the first address alone from now on, and all of them over TCP. */
  TestNameServer truncating() {
    truncates = true;
    Thread thread = new Thread(this::serveWhole, "name server, TCP");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  private void serveWhole() {
    while (!tcp.isClosed()) {
      try (Socket client = tcp.accept()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] query = in.readNBytes(in.readUnsignedShort());
        byte[] answer = answer(query, false);
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        out.writeShort(answer.length);
        out.write(answer);
        out.flush();
        in.read();
      } catch (IOException e) {
        // Closed, which ends the loop.
      }
    }
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
        if (silent || toLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          continue;
        }
        if (ignoresIpv6 && type(buffer) == TYPE_AAAA) {
          continue;
        }
        byte[] answer = answer(buffer, truncates);
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // Closed, which ends the loop.
      }
    }
  }

  private static int type(byte[] query) {
    int at = HEADER;
    while (query[at] != 0) {
      at += 1 + query[at];
    }
    return query[at + 2];
  }

  private byte[] answer(byte[] query, boolean truncated) throws IOException {
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
    List<InetAddress> addresses =
        known.addresses().stream()
            .filter(address -> (type == TYPE_A) == (address instanceof Inet4Address))
            .filter(address -> type == TYPE_A || type == TYPE_AAAA)
            .limit(truncated ? 1 : Integer.MAX_VALUE)
            .toList();
    if (type == TYPE_A) {
      questions.incrementAndGet();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(query, 0, 2);
    out.writeShort((known.equals(UNKNOWN) ? 0x8183 : 0x8180) | (truncated ? TRUNCATED : 0));
    out.writeShort(1);
    out.writeShort(addresses.size());
    out.writeInt(0);
    out.write(query, HEADER, end - HEADER);
    for (InetAddress address : addresses) {
      out.writeShort(0xc000 | HEADER);
      out.writeShort(type);
      out.writeShort(1);
      out.writeInt(known.ttl());
      out.writeShort(address.getAddress().length);
      out.write(address.getAddress());
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    tcp.close();
  }
}
