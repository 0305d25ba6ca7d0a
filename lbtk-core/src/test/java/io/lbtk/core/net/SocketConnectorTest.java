package io.lbtk.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.testkit.ClosedPort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SocketConnectorTest {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void aSocketThatIsConnectedToItselfIsRefusedAndLeavesThePortFree() throws Exception {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(LOOPBACK, 0));
    int port = socket.getLocalPort();

    assertThatThrownBy(() -> SocketConnector.connect("127.0.0.1", port, LONG, () -> socket))
        .isInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");

    assertThat(socket.isClosed()).isTrue();
    // What remains of a connection that was closed in order takes the port for a minute.
    await().atMost(Duration.ofSeconds(20)).until(() -> canListenOn(port));
  }

  private static boolean canListenOn(int port) {
    try (ServerSocket server = new ServerSocket()) {
      server.setReuseAddress(false);
      server.bind(new InetSocketAddress(LOOPBACK, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theNextAddressIsTriedWhereOneRefuses() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      InetAddress[] addresses = {InetAddress.getByName("127.0.0.2"), LOOPBACK};

      try (Socket connected =
          SocketConnector.connect(addresses, server.getLocalPort(), LONG, Socket::new)) {
        assertThat(connected.getRemoteSocketAddress()).isEqualTo(server.getLocalSocketAddress());
      }
    }
  }

  @Test
  void aRefusalOfTheLastAddressIsTheFailure() {
    try (ClosedPort closed = new ClosedPort()) {
      assertThatThrownBy(
              () -> SocketConnector.connect("127.0.0.1", closed.target().port(), LONG, Socket::new))
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void aHostWithoutAnAddressIsUnknown() {
    assertThatThrownBy(() -> SocketConnector.connect("nobody.invalid", 80, LONG, Socket::new))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void onlyAPortOfTheSystemOnThisMachineMayBeConnectedToItself() throws Exception {
    LocalPorts ports = new LocalPorts(32_768, 60_999);

    assertThat(SelfConnection.mayHappen(new InetSocketAddress(LOOPBACK, 40_000), ports)).isTrue();
    assertThat(SelfConnection.mayHappen(new InetSocketAddress(LOOPBACK, 8500), ports)).isFalse();
    InetAddress elsewhere = InetAddress.getByName("192.0.2.1");
    assertThat(SelfConnection.mayHappen(new InetSocketAddress(elsewhere, 40_000), ports)).isFalse();
  }
}
