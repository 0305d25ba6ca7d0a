package io.lbtk.tokenport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.testkit.ManualClock;
import io.lbtk.tokenport.client.CapturedLog;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerLogTest {

  private final CapturedLog log = new CapturedLog(PeerLog.class);
  private final ManualClock clock = new ManualClock();
  private final PeerLog peers = new PeerLog("generator.g", clock);

  @AfterEach
  void close() {
    log.close();
  }

  private static InetSocketAddress at(String host) {
    return new InetSocketAddress(host, 50_000);
  }

  @Test
  void thePeersOfAProxyAreOneLineWhenTheyComeAndOneWhenTheyGo() {
    peers.connected(at("10.0.0.1"), clock);
    peers.connected(at("10.0.0.1"), clock);
    peers.connected(at("10.0.0.2"), clock);
    assertThat(log.lines()).isEmpty();
    clock.advance(PeerLog.GATHER);
    peers.disconnected(at("10.0.0.1"), clock);
    peers.disconnected(at("10.0.0.1"), clock);
    clock.advance(PeerLog.GATHER);

    assertThat(log.lines())
        .containsExactly(
            "INFO generator.g: 2 peers connected from 10.0.0.1; 1 peer connected from 10.0.0.2;"
                + " 3 peers now",
            "INFO generator.g: 2 peers disconnected from 10.0.0.1; 1 peer now");
  }

  @Test
  void aPeerThatComesAndGoesAllTheTimeDoesNotFillTheLog() {
    for (int i = 0; i < 300; i++) {
      peers.connected(at("10.0.0.1"), clock);
      peers.disconnected(at("10.0.0.1"), clock);
      clock.advance(PeerLog.PERIOD.dividedBy(100));
    }
    clock.advance(PeerLog.PERIOD);

    assertThat(log.lines()).hasSizeBetween(3, 4 * (PeerLog.MAX_LINES + 1));
  }

  @Test
  void afterManyLinesTheRestIsOneWhenThePeriodIsOver() {
    for (int i = 0; i < PeerLog.MAX_LINES; i++) {
      peers.connected(at("10.0.0.1"), clock);
      clock.advance(PeerLog.GATHER);
    }
    assertThat(log.lines()).hasSize(PeerLog.MAX_LINES);
    peers.connected(at("10.0.0.1"), clock);
    clock.advance(PeerLog.GATHER);
    peers.connected(at("10.0.0.1"), clock);
    assertThat(log.lines()).hasSize(PeerLog.MAX_LINES);
    clock.advance(PeerLog.PERIOD);

    assertThat(log.lines())
        .hasSize(PeerLog.MAX_LINES + 1)
        .last()
        .isEqualTo(
            "INFO generator.g: 2 peers connected from 10.0.0.1; %d peers now"
                .formatted(PeerLog.MAX_LINES + 2));
  }

  @Test
  void ofManyHostsSomeAreNamed() {
    for (int i = 0; i < 100; i++) {
      peers.connected(at("10.0.0." + i), clock);
    }
    clock.advance(PeerLog.GATHER);

    assertThat(log.lines())
        .singleElement()
        .asString()
        .contains("1 peer connected from 10.0.0.0;", "92 peers connected from other hosts")
        .endsWith("; 100 peers now");
  }

  @Test
  void nothingIsLoggedOfAPortThatIsClosed() {
    peers.connected(at("10.0.0.1"), clock);
    peers.close();
    peers.disconnected(at("10.0.0.1"), clock);
    clock.advance(PeerLog.PERIOD);

    assertThat(log.lines()).isEmpty();
  }

  @Test
  void twoPeersThatTakeTurnsAreLoggedOnceEach() {
    for (int i = 0; i < 100; i++) {
      peers.problem("p", "one thing");
      peers.problem("q", "another thing");
    }
    assertThat(log.lines())
        .containsExactly("WARN lease peer p: one thing", "WARN lease peer q: another thing");
  }

  @Test
  void aPeerThatHasAnotherProblemEachTimeDoesNotFillTheLog() {
    for (int i = 0; i < 100; i++) {
      peers.problem("p", "problem " + i);
    }
    assertThat(log.lines()).hasSize(PeerLog.MAX_PROBLEMS);
  }

  @Test
  void afterSomeTimeItIsSaidAgainAndHowOftenItHappened() {
    for (int i = 0; i < 100; i++) {
      peers.problem("p", "one thing");
    }
    clock.advance(PeerLog.PERIOD);
    peers.problem("p", "one thing");
    peers.problem("q", "another thing");
    assertThat(log.lines())
        .containsExactly(
            "WARN lease peer p: one thing",
            "WARN lease peer p: one thing (99 similar lines suppressed)",
            "WARN lease peer q: another thing");
  }
}
