package io.lbtk.tokenport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.net.Python;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers of libzmq, in Python, as a stranger writes them: those of the examples, among others. */
@Timeout(120)
final class LibzmqInteropTest {

  private static final Target A = Target.of("10.0.0.1", 80);
  private static final Target B = Target.of("::1", 80);

  private final FakeTokenSource source = new FakeTokenSource();

  /** Nobody else gets its number while the port is closed. */
  private final ClosedPort place = new ClosedPort();

  private TokenPortServer port = open();

  private TokenPortServer open() {
    PortOptions options = new PortOptions(Duration.ofMillis(200), Duration.ofSeconds(5), 1);
    return TokenPortServer.open(URI.create(address()), source, options, Ticker.system());
  }

  @AfterEach
  void close() {
    port.close();
    place.close();
  }

  private String address() {
    return "tcp://" + place.target().hostPort();
  }

  @Test
  void thePullPeerOfTheExamplesSeesTheOrderOfTheSource() {
    source.always(A, B);
    try (Python peer = Python.example("pull-peer.py", address(), "1000")) {
      for (int i = 0; i < 500; i++) {
        assertThat(peer.line()).isEqualTo("10.0.0.1:80");
        assertThat(peer.line()).isEqualTo("[::1]:80");
      }
      assertThat(peer.exitCode()).isZero();
    }
    await().until(() -> source.live() == 0);
  }

  @Test
  void theLeasePeerOfTheExamplesConnectsAndSaysHowItWent() throws Exception {
    try (EchoBackend echo = new EchoBackend()) {
      Target up = echo.target();
      Target down = Target.of("127.0.0.1", 1);
      source.give(up, down, up);
      try (Python peer = Python.example("lease-peer.py", address(), "3")) {
        assertThat(peer.lines(3))
            .containsExactly(up + " closed", down + " refused", up + " closed");
        assertThat(peer.exitCode()).isZero();
      }
      source.awaitReleases(3);
      assertThat(source.kinds()).containsExactly(Kind.CLOSED, Kind.REFUSED, Kind.CLOSED);
    }
  }

  @Test
  void theLeasePeerOfTheExamplesFindsTheGeneratorAgain() {
    Target down = Target.of("127.0.0.1", 1);
    source.give(down);
    try (Python peer = Python.example("lease-peer.py", address(), "2")) {
      assertThat(peer.line()).isEqualTo("127.0.0.1:1 refused");
      source.awaitWaiting(1);
      port.close();
      source.give(down);
      port = open();
      assertThat(peer.line()).isEqualTo("127.0.0.1:1 refused");
      assertThat(peer.exitCode()).isZero();
    }
    source.awaitReleases(2);
  }

  @Test
  void anIdlePullPeerHoldsNoMoreThanItsMarkAndOneWindow() {
    source.always(A);
    String idle =
        """
        import sys, zmq
        peer = zmq.Context.instance().socket(zmq.PULL)
        peer.rcvhwm = 100
        peer.connect(sys.argv[1])
        sys.stdin.readline()
        held = 0
        while peer.poll(1000):
            peer.recv()
            held += 1
        print(held, flush=True)
        """;
    try (Python peer = Python.program(idle, address())) {
      source.awaitTaken(100);
      try (RawPeer other = RawPeer.connect(port.address(), "PULL")) {
        other.lines(20_000);
      }
      port.close();
      peer.say("count");
      assertThat(Integer.parseInt(peer.line())).isBetween(100, 100 + PullPeer.WINDOW);
    }
  }

  @Test
  void aLeasePeerWithHeartbeatsOfItsOwnIsAnswered() {
    source.always(A);
    String beating =
        """
        import sys, zmq
        peer = zmq.Context.instance().socket(zmq.DEALER)
        peer.heartbeat_ivl, peer.heartbeat_timeout = 50, 200
        peer.connect(sys.argv[1])
        hello = peer.recv_string()
        peer.send_string("HELLO 1 beating")
        events = peer.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        print("silent" if events.poll(2000) == 0 else "disconnected", flush=True)
        peer.send_string("WANT 1 1")
        print(peer.recv_string().split(" ")[0], flush=True)
        """;
    try (Python peer = Python.program(beating, address())) {
      assertThat(peer.lines(2)).containsExactly("silent", "TOKEN");
    }
  }

  @Test
  void otherSocketTypesGetNothing() {
    source.always(A);
    String others =
        """
        import sys, zmq
        for type in (zmq.SUB, zmq.REQ, zmq.PUSH, zmq.PAIR):
            peer = zmq.Context.instance().socket(type)
            peer.linger = 0
            events = peer.get_monitor_socket(zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
            peer.connect(sys.argv[1])
            print(events.poll(10000) != 0, flush=True)
        """;
    try (Python peer = Python.program(others, address())) {
      assertThat(peer.lines(4)).containsOnly("True");
    }
    assertThat(source.taken()).isEmpty();
  }
}
