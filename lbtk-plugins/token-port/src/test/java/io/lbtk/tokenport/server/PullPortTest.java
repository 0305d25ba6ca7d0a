package io.lbtk.tokenport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Demand;
import io.lbtk.api.ForwardingTokenSource;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.testkit.FakeTokenSource;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PullPortTest {

  private static final Target[] TARGETS =
      IntStream.rangeClosed(1, 4)
          .mapToObj(i -> Target.of("10.0.0." + i, 80))
          .toArray(Target[]::new);

  private final FakeTokenSource source = new FakeTokenSource();
  private TokenPortServer port = open(1);

  private TokenPortServer open(int loops) {
    return open(source, loops);
  }

  private static TokenPortServer open(TokenSource source, int loops) {
    PortOptions options = new PortOptions(Duration.ZERO, Duration.ofSeconds(5), loops);
    return TokenPortServer.open(URI.create("tcp://127.0.0.1:0"), source, options, Ticker.system());
  }

  @AfterEach
  void close() {
    port.close();
  }

  private RawPeer pull() {
    return RawPeer.connect(port.address(), "PULL");
  }

  @Test
  void onePeerAloneSeesTheOrderOfTheSource() {
    source.always(TARGETS);
    try (RawPeer peer = pull()) {
      for (int i = 0; i < 1000; i++) {
        assertThat(peer.line()).isEqualTo(TARGETS[i % TARGETS.length].hostPort());
      }
    }
    assertThat(source.kinds()).contains(Kind.CLOSED);
    await().until(() -> source.live() == 0);
    assertThat(source.repeatedReleases()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void ofSeveralPeersEachSeesEveryTarget(int loops) {
    port.close();
    port = open(loops);
    try (RawPeer one = pull();
        RawPeer two = pull();
        RawPeer three = pull();
        RawPeer four = pull()) {
      await().until(() -> port.counters().pullPeers.sum() == 4);
      source.always(TARGETS);
      for (RawPeer peer : List.of(one, two, three, four)) {
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
          seen.add(peer.line());
        }
        assertThat(seen).hasSize(TARGETS.length);
      }
      assertThat(source.taken().subList(0, 400))
          .allSatisfy(target -> assertThat(TARGETS).contains(target));
    }
    await().until(() -> source.live() == 0);
  }

  @Test
  void anErrorInTheSourceDoesNotEndTheDealing() {
    port.close();
    AtomicBoolean broken = new AtomicBoolean(true);
    source.always(TARGETS);
    TokenSource failing =
        new ForwardingTokenSource() {
          @Override
          protected TokenSource delegate() {
            return source;
          }

          @Override
          public CompletableFuture<Token> take(Demand demand) {
            if (broken.getAndSet(false)) {
              throw new NoClassDefFoundError("thrown by the test");
            }
            return super.take(demand);
          }
        };
    port = open(failing, 1);
    try (RawPeer peer = pull()) {
      assertThat(peer.lines(100)).hasSize(100);
    }
  }

  @Test
  void noTokenIsTakenWhileNobodyIsThere() {
    source.always(TARGETS);
    try (RawPeer lease = RawPeer.lease(port.address(), "p")) {
      lease.token(1);
      assertThat(source.taken()).hasSize(1);
    }
  }

  @Test
  void aPeerThatDoesNotShowThatItReadsGetsOneWindow() {
    source.always(TARGETS);
    try (RawPeer peer = RawPeer.connectWithoutPongs(port.address(), "PULL");
        RawPeer other = pull()) {
      List<String> first = peer.lines(PullPeer.WINDOW);
      assertThat(first).hasSize(16);
      other.lines(1000);
      assertThat(peer.unread()).isZero();
      assertThat(peer.answerHeldPings()).isGreaterThan(0);
      await()
          .untilAsserted(
              () -> {
                other.lines(1);
                assertThat(peer.unread()).isEqualTo(PullPeer.WINDOW);
              });
    }
  }

  /** However the end of the loops falls into what they do: it is tried often. */
  @Test
  void whenThePortClosesEveryConnectionEnds() {
    source.always(TARGETS);
    for (int i = 0; i < 100; i++) {
      TokenPortServer ending = open(2);
      try (RawPeer pull = RawPeer.connect(ending.address(), "PULL");
          RawPeer lease = RawPeer.lease(ending.address(), "p");
          RawPeer silent = RawPeer.connectWithoutPongs(ending.address(), "DEALER")) {
        lease.token(1);

        ending.close();

        pull.awaitEnd();
        lease.awaitEnd();
        silent.awaitEnd();
      }
    }
    await().until(() -> source.live() == 0);
  }

  @Test
  void whoeverWaitsGetsTheTokenWhenThereIsOne() {
    try (RawPeer peer = pull()) {
      source.awaitWaiting(1);
      source.give(TARGETS[0]);
      assertThat(peer.line()).isEqualTo("10.0.0.1:80");
      source.awaitReleases(1);
      assertThat(source.kinds()).containsExactly(Kind.CLOSED);
    }
  }

  @Test
  void aDemandIsWithdrawnWhenItsPeersHaveGone() {
    RawPeer one = pull();
    RawPeer two = pull();
    source.awaitWaiting(1);
    await().until(() -> port.counters().pullPeers.sum() == 2);
    one.close();
    await().until(() -> port.counters().pullPeers.sum() == 1);
    assertThat(source.waiting()).isEqualTo(1);
    two.close();
    await().until(() -> source.waiting() == 0);
    source.give(TARGETS[0]);
    assertThat(source.taken()).isEmpty();
    try (RawPeer three = pull()) {
      assertThat(three.line()).isEqualTo("10.0.0.1:80");
    }
  }

  @Test
  void noTokenIsLostWhilePeersComeAndGo() {
    source.always(TARGETS);
    List<RawPeer> peers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      RawPeer peer = pull();
      peers.add(peer);
      peer.lines(20);
      if (i % 2 == 0) {
        peer.close();
      }
    }
    peers.forEach(RawPeer::close);
    await().until(() -> port.counters().pullPeers.sum() == 0);
    await().until(() -> source.live() == 0);
    assertThat(source.repeatedReleases()).isZero();
  }

  @Test
  void aPullPeerHasNothingToSay() {
    try (RawPeer peer = pull()) {
      peer.say("WANT 1 1");
      peer.awaitEnd();
    }
  }

  @Test
  void theEndOfTheSourceLeavesThePeersWithoutMore() {
    try (RawPeer peer = pull();
        RawPeer lease = RawPeer.lease(port.address(), "p")) {
      source.awaitWaiting(1);
      source.close();
      lease.say("WANT 1 1");
      lease.awaitEnd();
      assertThat(peer.unread()).isZero();
    }
  }
}
