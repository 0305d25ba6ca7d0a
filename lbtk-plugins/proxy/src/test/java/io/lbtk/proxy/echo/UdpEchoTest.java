package io.lbtk.proxy.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.StartException;
import io.lbtk.net.IpV6;
import io.lbtk.net.ListenAddress;
import io.lbtk.net.OpenDescriptors;
import io.lbtk.net.UdpClient;
import io.lbtk.proxy.udp.UdpEngine;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UdpEchoTest {

  private static final int CLIENTS = 200;

  private final OpenDescriptors before = OpenDescriptors.now();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  static Stream<UdpEngine> engines() {
    return Epoll.isAvailable()
        ? Stream.of(UdpEngine.nio(), UdpEngine.epoll())
        : Stream.of(UdpEngine.nio());
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    before.awaitNoMore();
  }

  private List<InetSocketAddress> start(UdpEngine engine, int loops, String... addresses) {
    List<ListenAddress> listen = Stream.of(addresses).map(ListenAddress::parse).toList();
    UdpEcho echo = UdpEcho.start("echo.demo", engine, listen, loops);
    open.push(echo);
    return echo.addresses();
  }

  private UdpClient client(InetSocketAddress server) throws IOException {
    UdpClient client = new UdpClient(server);
    open.push(client);
    return client;
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aDatagramOfAnyLengthComesBackWhole(UdpEngine engine) throws Exception {
    UdpClient client = client(start(engine, 2, "127.0.0.1:0").get(0));

    for (int length : new int[] {1, 0, 1472, 65_507, 0}) {
      byte[] bytes = new byte[length];
      new Random(length).nextBytes(bytes);
      client.send(bytes);
      assertThat(client.receiveBytes()).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void eachGoesBackToWhereItCameFrom(UdpEngine engine) throws Exception {
    List<InetSocketAddress> addresses = start(engine, 2, "127.0.0.1:0", "127.0.0.1:0", "*:0");
    assertThat(addresses).hasSize(3).doesNotHaveDuplicates();
    List<UdpClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(client(addresses.get(i % 3)));
      clients.get(i).send("client " + i);
    }

    for (int i = 0; i < CLIENTS; i++) {
      assertThat(clients.get(i).receive()).isEqualTo("client " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void ipV6IsServed(UdpEngine engine) throws Exception {
    InetAddress loopback = IpV6.loopback();
    InetSocketAddress address = start(engine, 2, "[::1]:0").get(0);
    assertThat(address.getAddress()).isEqualTo(loopback);
    UdpClient client = client(address);

    assertThat(client.exchange("a")).isEqualTo("a");
    assertThat(client.exchange("")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void ifOneAddressIsInUseNoneStaysBound(UdpEngine engine) throws Exception {
    try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      String taken = "127.0.0.1:" + other.getLocalPort();

      assertThatThrownBy(() -> start(engine, 2, "127.0.0.1:0", taken))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("echo.demo cannot listen on " + taken)
          .hasMessageContaining("in use");
      new OpenDescriptors(before.sockets() + 1, before.pipes()).awaitNoMore();
    }
  }

  @Test
  void aServerOfThisTypeHasAPortOfUdpThatOneOfAnotherMayHaveToo() throws Exception {
    try (EchoServer streams = EchoServer.builder().listen("127.0.0.1:0").build()) {
      streams.start();
      String address = "127.0.0.1:" + streams.addresses().get(0).getPort();
      try (EchoServer datagrams = EchoServer.builder().type(EchoType.UDP).listen(address).build()) {
        datagrams.start();

        assertThat(datagrams.addresses()).isEqualTo(streams.addresses());
        assertThat(client(datagrams.addresses().get(0)).exchange("a")).isEqualTo("a");
      }
    }
  }

  @Test
  void whatSeemsToComeFromTheServerItselfIsNotAnswered() throws Exception {
    InetAddress host = InetAddress.getLoopbackAddress();
    InetSocketAddress own = new InetSocketAddress(host, 2000);
    InetSocketAddress wild = new InetSocketAddress("0.0.0.0", 2001);
    InetSocketAddress client = new InetSocketAddress(host, 2002);
    ScriptedSocket socket =
        new ScriptedSocket(own, client, new InetSocketAddress(host, 2001), client);

    new DatagramEcho("echo.demo", socket, List.of(own, wild)).run();

    assertThat(socket.answered()).containsExactly(client, client);
  }
}
