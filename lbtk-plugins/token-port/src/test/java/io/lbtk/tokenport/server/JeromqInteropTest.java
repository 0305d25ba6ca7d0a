package io.lbtk.tokenport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.testkit.FakeTokenSource;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Peers of JeroMQ. */
@Timeout(120)
final class JeromqInteropTest {

  private static final Target A = Target.of("10.0.0.1", 80);
  private static final Target B = Target.of("10.0.0.2", 80);

  private final FakeTokenSource source = new FakeTokenSource();
  private final TokenPortServer port =
      TokenPortServer.open(
          URI.create("tcp://127.0.0.1:0"),
          source,
          new PortOptions(Duration.ofHours(1), Duration.ofSeconds(5), 1),
          Ticker.system());
  private final ZContext context = new ZContext();

  @AfterEach
  void close() {
    context.close();
    port.close();
  }

  /**
   * JeroMQ 0.6.0 says nothing at all on some of its connections, to whatever it connects: its
   * poller drops the key that connecter and engine share. Its own handshake timer makes it try
   * again, but only after 30 s if it is left as it is.
   */
  private ZMQ.Socket socket(SocketType type) {
    ZMQ.Socket socket = context.createSocket(type);
    socket.setHandshakeIvl(500);
    return socket;
  }

  private ZMQ.Socket connect(SocketType type) {
    ZMQ.Socket socket = socket(type);
    socket.setReceiveTimeOut(20_000);
    socket.connect(port.address().toString());
    return socket;
  }

  private ZMQ.Socket lease(String name) {
    ZMQ.Socket socket = connect(SocketType.DEALER);
    assertThat(socket.recvStr()).startsWith("HELLO 1 ");
    socket.send("HELLO 1 " + name);
    return socket;
  }

  @Test
  void aPullPeerSeesTheOrderOfTheSource() {
    source.always(A, B);
    ZMQ.Socket pull = connect(SocketType.PULL);
    for (int i = 0; i < 5000; i++) {
      assertThat(pull.recvStr()).isEqualTo(i % 2 == 0 ? "10.0.0.1:80" : "10.0.0.2:80");
    }
  }

  @Test
  void anIdlePullPeerHoldsNoMoreThanItsMarkAndOneWindow() {
    source.always(A);
    ZMQ.Socket idle = socket(SocketType.PULL);
    idle.setRcvHWM(100);
    idle.connect(port.address().toString());
    source.awaitTaken(100);
    int others = 20_000;
    ZMQ.Socket other = connect(SocketType.PULL);
    for (int i = 0; i < others; i++) {
      other.recvStr();
    }
    other.close();
    await().until(() -> port.counters().pullPeers.sum() == 1);
    await().until(() -> source.live() == 0);
    int read = 0;
    idle.setReceiveTimeOut(0);
    port.close();
    while (idle.recvStr() != null) {
      read++;
    }
    assertThat(read).isBetween(100, 100 + PullPeer.WINDOW);
  }

  @Test
  void aLeasePeerWantsHoldsAndIsDone() {
    source.give(A);
    ZMQ.Socket peer = lease("jeromq");
    peer.send("HOLD 10.0.0.2:80 1\nWANT 1 2\n");
    String token = peer.recvStr();
    assertThat(token).startsWith("TOKEN 1 ").endsWith(" 10.0.0.1:80").doesNotContain("\n");
    assertThat(peer.recvStr()).isEqualTo("NONE 1 empty");
    source.gone("10.0.0.2:80");
    assertThat(peer.recvStr()).isEqualTo("GONE 10.0.0.2:80");
    peer.send("DONE " + token.split(" ")[2] + " reset\nDONE @10.0.0.2:80 closed\nCANCEL 1");
    source.awaitReleases(2);
    assertThat(source.kinds()).containsExactly(Kind.RESET, Kind.CLOSED);
    await().until(() -> source.waiting() == 0);
    peer.send("NONSENSE");
    assertThat(peer.recvStr()).startsWith("ERROR unknown verb");
  }

  @Test
  void aLeasePeerThatSaysNothingForLongIsStillThere() {
    source.always(A);
    ZMQ.Socket peer = lease("jeromq");
    try (RawPeer silent = RawPeer.lease(port.address(), "silent").withoutPongs()) {
      silent.awaitEnd();
    }
    peer.send("WANT 1 1");
    assertThat(peer.recvStr()).startsWith("TOKEN 1 ");
    assertThat(port.counters().leasePeers.sum()).isEqualTo(1);
  }
}
