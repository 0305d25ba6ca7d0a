package io.lbtk.proxy.echo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.StartException;
import io.lbtk.net.NoLeaks;
import io.lbtk.net.OpenDescriptors;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.Pattern;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an echo server for connections does; a subclass for each type. */
@ExtendWith(NoLeaks.class)
abstract class EchoServerTest {

  /** More than all buffers of the kernel between a client and the server. */
  private static final long MUCH = 64L << 20;

  private static final int CONNECTIONS = 1000;

  private final EchoType type;
  private final EchoServer server;
  private final OpenDescriptors before = OpenDescriptors.now();

  EchoServerTest(EchoType type) {
    this.type = type;
    this.server = builder().listen("127.0.0.1:0").listen("127.0.0.1:0").loops(2).build();
  }

  private EchoServer.Builder builder() {
    return EchoServer.builder().type(type);
  }

  @AfterEach
  void nothingIsLeft() {
    server.close();
    before.awaitNoMore();
  }

  @Test
  void everyAddressEchoes() throws Exception {
    server.start();

    assertThat(server.addresses()).hasSize(2).doesNotHaveDuplicates();
    for (InetSocketAddress address : server.addresses()) {
      try (Socket client = connect(address)) {
        client.getOutputStream().write(7);
        assertThat(client.getInputStream().read()).isEqualTo(7);
      }
    }
  }

  @Test
  void aServerThatGreetsSaysWhichAddressWasReachedBeforeItEchoes() throws Exception {
    try (EchoServer greeting =
        builder()
            .name("echo.demo")
            .greet(true)
            .listen("127.0.0.1:0")
            .listen("127.0.0.1:0")
            .build()) {
      greeting.start();

      for (InetSocketAddress address : greeting.addresses()) {
        try (Socket client = connect(address)) {
          client.getOutputStream().write("hello\n".getBytes(US_ASCII));
          client.shutdownOutput();
          assertThat(client.getInputStream().readAllBytes())
              .asString(US_ASCII)
              .isEqualTo("echo.demo 127.0.0.1:%d\nhello\n".formatted(address.getPort()));
        }
      }
    }
  }

  @Test
  void allComesBackAndThenTheEnd() throws Exception {
    server.start();
    long length = 50_000_000;

    assertThat(echoed(server.addresses().get(0), length)).isEqualTo(length);
  }

  @Test
  void aClientThatReadsLateIsNotReadFromMeanwhileAndGetsAll() throws Exception {
    server.start();
    try (Socket late = connect(server.addresses().get(0))) {
      AtomicLong sent = new AtomicLong();
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> send(late, MUCH, sent), task -> new Thread(task).start());

      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(MUCH);
      everyAddressEchoesAgain();

      assertThat(new Pattern(1).readAll(late.getInputStream())).isEqualTo(MUCH);
      sending.get(30, TimeUnit.SECONDS);
    }
  }

  private static void send(Socket client, long length, AtomicLong sent) {
    try {
      while (sent.get() < length) {
        int chunk = (int) Math.min(100_000, length - sent.get());
        client.getOutputStream().write(new Pattern(1).bytes(sent.get(), chunk));
        sent.addAndGet(chunk);
      }
      client.shutdownOutput();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitStandstill(AtomicLong number) {
    AtomicLong last = new AtomicLong(-1);
    AtomicLong times = new AtomicLong();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              long now = number.get();
              times.set(last.getAndSet(now) == now ? times.get() + 1 : 0);
              return now > 0 && times.get() > 5;
            });
  }

  @Test
  void theEndComesAfterWhatTheClientHasNotTakenYet() throws Exception {
    server.start();
    int length = 200_000;
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Socket client = connect(server.addresses().get(i % 2));
      clients.add(client);
      new Pattern(i).writeTo(client.getOutputStream(), length);
      client.shutdownOutput();
    }

    for (int i = 0; i < clients.size(); i++) {
      try (Socket client = clients.get(i)) {
        assertThat(new Pattern(i).readAll(client.getInputStream())).isEqualTo(length);
      }
    }
  }

  @Test
  void manyClientsAreServedAtTheSameTime() throws Exception {
    server.start();
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(connect(server.addresses().get(i % 2)));
    }
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < CONNECTIONS; i++) {
        new Pattern(i).writeTo(clients.get(i).getOutputStream(), 1000);
      }
      for (int i = 0; i < CONNECTIONS; i++) {
        assertThat(new Pattern(i).readFrom(clients.get(i).getInputStream(), 0, 1000))
            .isEqualTo(1000);
      }
    }
    for (Socket client : clients) {
      client.close();
    }
  }

  @Test
  void aClientThatResetsHarmsNobody() throws Exception {
    server.start();
    for (int i = 0; i < 20; i++) {
      Socket rude = connect(server.addresses().get(i % 2));
      rude.getOutputStream().write(new byte[i * 10_000]);
      Backend.reset(rude);
    }

    everyAddressEchoesAgain();
  }

  @Test
  void aClientThatResetsWhileItsEchoWaitsForItHarmsNobody() throws Exception {
    server.start();
    Socket rude = connect(server.addresses().get(0));
    AtomicLong sent = new AtomicLong();
    CompletableFuture<Void> sending =
        CompletableFuture.runAsync(() -> send(rude, MUCH, sent), task -> new Thread(task).start());
    awaitStandstill(sent);

    Backend.reset(rude);

    assertThat(sending).failsWithin(Duration.ofSeconds(30));
    everyAddressEchoesAgain();
  }

  private void everyAddressEchoesAgain() throws IOException {
    for (InetSocketAddress address : server.addresses()) {
      try (Socket client = connect(address)) {
        client.getOutputStream().write(7);
        assertThat(client.getInputStream().read()).isEqualTo(7);
      }
    }
  }

  @Test
  void closeEndsConnectionsAndFreesThePort() throws Exception {
    try (ClosedPort free = new ClosedPort()) {
      EchoServer echo = builder().listen(free.target().hostPort()).build();
      echo.start();
      try (Socket client = connect(addressOf(free))) {
        client.getOutputStream().write(7);
        assertThat(client.getInputStream().read()).isEqualTo(7);

        echo.close();

        assertThat(endOf(client)).isEqualTo(-1);
      }
      assertThatThrownBy(() -> connect(addressOf(free))).isInstanceOf(IOException.class);
      echo.close();
    }
  }

  /** However the end of the loops falls into what they do: it is tried often. */
  @Test
  void closeEndsConnectionsWhileTheyCarryBytes() throws Exception {
    for (int i = 0; i < 200; i++) {
      EchoServer echo = builder().listen("127.0.0.1:0").loops(2).build();
      echo.start();
      List<Socket> clients = new ArrayList<>();
      for (int j = 0; j < 4; j++) {
        Socket client = connect(echo.addresses().get(0));
        clients.add(client);
        client.getOutputStream().write(7);
      }

      echo.close();

      for (Socket client : clients) {
        try (client) {
          assertThat(endOf(client)).isEqualTo(-1);
        }
      }
    }
  }

  private static InetSocketAddress addressOf(ClosedPort port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port.target().port());
  }

  private static int endOf(Socket client) throws IOException {
    try {
      client.getInputStream().readAllBytes();
      return -1;
    } catch (SocketException e) {
      return -1;
    }
  }

  @Test
  void ifOneAddressIsInUseNoneStaysBound() throws Exception {
    try (ClosedPort free = new ClosedPort();
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      EchoServer two =
          builder()
              .name("echo.demo")
              .listen(free.target().hostPort())
              .listen("127.0.0.1:" + other.getLocalPort())
              .build();

      assertThatThrownBy(two::start)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("echo.demo")
          .hasMessageContaining("127.0.0.1:" + other.getLocalPort())
          .hasMessageContaining("in use");

      assertThatThrownBy(() -> connect(addressOf(free))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void itIsStartedOnce() {
    server.start();

    assertThatThrownBy(server::start).isInstanceOf(IllegalStateException.class);
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** How much of it came back, until the end. */
  static long echoed(InetSocketAddress address, long length) throws Exception {
    try (Socket client = new Socket(address.getAddress(), address.getPort())) {
      client.setSoTimeout(30_000);
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                try {
                  new Pattern(1).writeTo(client.getOutputStream(), length);
                  client.shutdownOutput();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      long read = new Pattern(1).readAll(client.getInputStream());
      sent.get(30, TimeUnit.SECONDS);
      return read;
    }
  }
}
