package io.lbtk.netty.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.StartException;
import io.lbtk.netty.NoLeaks;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.Pattern;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class EchoServerTest {

  /** More than all buffers of the kernel between a client and the server. */
  private static final long MUCH = 64L << 20;

  private final EchoServer server =
      EchoServer.builder().listen("127.0.0.1:0").listen("127.0.0.1:0").loops(2).build();

  @AfterEach
  void close() {
    server.close();
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
  void allComesBackAndThenTheEnd() throws Exception {
    server.start();
    long length = 20_000_000;
    try (Socket client = connect(server.addresses().get(0))) {
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

      assertThat(new Pattern(1).readAll(client.getInputStream())).isEqualTo(length);
      sent.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aClientThatDoesNotReadIsNotReadFromEither() throws Exception {
    server.start();
    try (SocketChannel client = SocketChannel.open(server.addresses().get(0))) {
      client.configureBlocking(false);
      AtomicLong sent = new AtomicLong();
      AtomicLong still = new AtomicLong();
      ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                long before = sent.get();
                int written;
                do {
                  chunk.clear();
                  written = client.write(chunk);
                  sent.addAndGet(written);
                } while (written > 0 && sent.get() < MUCH);
                still.set(sent.get() == before ? still.get() + 1 : 0);
                return still.get() > 5 || sent.get() >= MUCH;
              });

      assertThat(sent.get()).isLessThan(MUCH);
      try (Socket other = connect(server.addresses().get(0))) {
        other.getOutputStream().write(7);
        assertThat(other.getInputStream().read()).isEqualTo(7);
      }
    }
  }

  @Test
  void aClientThatResetsHarmsNobody() throws Exception {
    server.start();
    Socket rude = connect(server.addresses().get(0));
    rude.getOutputStream().write(new byte[100_000]);
    Backend.reset(rude);

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
      EchoServer echo = EchoServer.builder().listen(free.target().hostPort()).build();
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

  private static InetSocketAddress addressOf(ClosedPort port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port.target().port());
  }

  private static int endOf(Socket client) throws IOException {
    try {
      return client.getInputStream().read();
    } catch (SocketException e) {
      return -1;
    }
  }

  @Test
  void ifOneAddressIsInUseNoneStaysBound() throws Exception {
    try (ClosedPort free = new ClosedPort();
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      EchoServer two =
          EchoServer.builder()
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
}
