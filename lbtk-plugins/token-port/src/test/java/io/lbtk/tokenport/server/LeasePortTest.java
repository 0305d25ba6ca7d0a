package io.lbtk.tokenport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Demand;
import io.lbtk.api.ForwardingTokenSource;
import io.lbtk.api.Outcome;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.FakeTokenSource.Release;
import io.lbtk.testkit.ManualClock;
import io.lbtk.tokenport.client.CapturedLog;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LeasePortTest {

  private static final Target A = Target.of("10.0.0.1", 80);
  private static final Target B = Target.of("::1", 80);
  private static final Duration LONG = Duration.ofHours(1);

  private final FakeTokenSource source = new FakeTokenSource();
  private TokenPortServer port = open(LONG, 1);

  private TokenPortServer open(Duration grace, int loops) {
    PortOptions options = new PortOptions(grace, Duration.ofSeconds(5), loops);
    return TokenPortServer.open(URI.create("tcp://127.0.0.1:0"), source, options, Ticker.system());
  }

  private void reopen(Duration grace, int loops) {
    port.close();
    port = open(grace, loops);
  }

  @AfterEach
  void close() {
    port.close();
  }

  private RawPeer peer(String name) {
    return RawPeer.lease(port.address(), name);
  }

  @Test
  void aTokenIsTakenWhenItIsWantedAndReleasedWhenItIsDone() {
    source.give(A, B);
    try (RawPeer peer = peer("p")) {
      String[] first = peer.token(1);
      assertThat(source.taken()).containsExactly(A);
      String[] second = peer.token(2);
      assertThat(first[3]).isEqualTo("10.0.0.1:80");
      assertThat(second[3]).isEqualTo("[::1]:80");
      peer.say(
          "DONE " + first[2] + " closed connect=3 up=10 down=20", "DONE " + second[2] + " refused");
      assertThat(source.awaitReleases(2))
          .containsExactly(
              new Release(
                  A, Outcome.closed().withConnectTime(Duration.ofMillis(3)).withBytes(10, 20)),
              new Release(B, Outcome.refused()));
    }
  }

  @Test
  void aWantOfManyIsAnsweredOneTokenAtATime() {
    source.always(A, B);
    try (RawPeer peer = peer("p")) {
      peer.say("WANT a 1024", "WANT b 1");
      List<String> lines = peer.lines(1025);
      assertThat(lines.subList(0, 1024)).allMatch(line -> line.startsWith("TOKEN a "));
      assertThat(lines.get(1024)).startsWith("TOKEN b ");
      Set<String> ids = new HashSet<>();
      lines.forEach(line -> ids.add(line.split(" ")[2]));
      assertThat(ids).hasSize(1025).allMatch(id -> id.length() <= 32);
    }
  }

  @Test
  void idsAreNeverUsedAgainByTheNextGenerator() {
    source.always(A);
    String[] before;
    try (RawPeer peer = peer("p")) {
      before = peer.token(1);
    }
    reopen(LONG, 1);
    try (RawPeer peer = peer("p")) {
      assertThat(peer.token(1)[2]).isNotEqualTo(before[2]);
      peer.say("DONE " + before[2] + " closed", "DONE 1 closed", "DONE @10.0.0.1:80 closed");
      await().until(() -> port.counters().ignoredLines.sum() == 3);
    }
  }

  @Test
  void whoeverWaitsIsToldWhyOnceAndGetsTheTokensLater() {
    try (RawPeer peer = peer("p")) {
      peer.say("WANT 1 3");
      assertThat(peer.line()).isEqualTo("NONE 1 empty");
      source.awaitWaiting(1);
      source.give(A);
      assertThat(peer.line()).startsWith("TOKEN 1 ");
      source.awaitWaiting(1);
      source.give(A, B);
      assertThat(peer.lines(2)).allMatch(line -> line.startsWith("TOKEN 1 "));
      assertThat(source.waiting()).isZero();
    }
  }

  @Test
  void aWantThatCannotBeServedEnds() {
    source.always(A);
    try (RawPeer peer = peer("p")) {
      peer.say("WANT 1 2 not=10.0.0.1:80");
      assertThat(peer.line()).isEqualTo("NONE 1 excluded");
      source.always();
      peer.say("WANT 2 2 for=1");
      assertThat(peer.lines(2)).containsExactly("NONE 2 empty", "NONE 2 expired");
      source.refuse(Shortage.BUSY);
      peer.say("WANT 3 1 for=0 key=a%20b");
      assertThat(peer.lines(2)).containsExactly("NONE 3 busy", "NONE 3 expired");
      Demand last = source.demands().get(source.demands().size() - 1);
      assertThat(last.key()).contains("a b");
      assertThat(last.timeout()).isZero();
      source.accept();
      peer.say("WANT 1 1 for=60000");
      assertThat(peer.line()).isEqualTo("NONE 1 empty");
    }
  }

  @Test
  void aCancelledWantIsWithdrawn() {
    try (RawPeer peer = peer("p")) {
      peer.say("WANT 1 3", "WANT 2 1");
      source.awaitWaiting(2);
      peer.say("CANCEL 1", "CANCEL 7");
      await().until(() -> source.waiting() == 1);
      source.give(A, B);
      assertThat(peer.lines(3).get(2)).startsWith("TOKEN 2 ");
      assertThat(port.counters().ignoredLines.sum()).isEqualTo(1);
      assertThat(source.taken()).containsExactly(A);
    }
  }

  /** A source whose tokens cannot be cancelled any more: they are always on their way. */
  @Test
  void aTokenThatCrossesACancelComesBackUnused() {
    CompletableFuture<Token> onItsWay =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterrupt) {
            return false;
          }
        };
    source.give(A);
    Token token = source.take(Demand.any()).join();
    port.close();
    TokenPortServer crossing =
        TokenPortServer.open(
            URI.create("tcp://127.0.0.1:0"),
            new ForwardingTokenSource() {
              @Override
              protected TokenSource delegate() {
                return source;
              }

              @Override
              public CompletableFuture<Token> take(Demand demand) {
                var unused = super.take(demand);
                return onItsWay;
              }
            },
            new PortOptions(LONG, LONG, 1),
            Ticker.system());
    try (crossing;
        RawPeer peer = RawPeer.lease(crossing.address(), "p")) {
      peer.say("WANT 1 1");
      source.awaitWaiting(1);
      peer.say("CANCEL 1", "DONE ? closed");
      await().until(() -> crossing.counters().ignoredLines.sum() == 1);
      onItsWay.complete(token);
      assertThat(source.awaitReleases(1)).containsExactly(new Release(A, Outcome.unused()));
    }
  }

  @Test
  void holdSetsTheCountOfWhatIsLiveFromBefore() {
    try (RawPeer peer = peer("p")) {
      peer.say("HOLD 10.0.0.1:80 3", "HOLD [::1]:80 1", "HOLD 10.0.0.1:80 2");
      source.awaitReleases(1);
      assertThat(source.held()).containsExactly(A, A, A, B);
      peer.say("DONE @10.0.0.1:80 reset", "DONE @[::1]:80 closed up=1", "DONE @[::1]:80 closed");
      assertThat(source.awaitReleases(3).get(1)).isEqualTo(new Release(A, Outcome.reset()));
      await().until(() -> port.counters().ignoredLines.sum() == 1);
      assertThat(source.live()).isEqualTo(1);
    }
  }

  @Test
  void byeReleasesEverythingAndThePeerCanGoOn() {
    source.always(A);
    try (RawPeer peer = peer("p")) {
      peer.token(1);
      peer.say("HOLD [::1]:80 1", "BYE");
      assertThat(source.awaitReleases(2))
          .extracting(Release::target)
          .containsExactlyInAnyOrder(A, B);
      peer.token(2);
      assertThat(source.live()).isEqualTo(1);
    }
  }

  @Test
  void goneIsToldToWhoeverHasAnUnreleasedTokenOfIt() {
    source.give(A, B, A);
    try (RawPeer leased = peer("leased");
        RawPeer other = peer("other");
        RawPeer held = peer("held");
        RawPeer done = peer("done")) {
      leased.token(1);
      other.token(1);
      done.say("DONE " + done.token(1)[2] + " closed");
      held.say("HOLD 10.0.0.1:80 1");
      source.awaitReleases(1);
      await().until(() -> source.held().size() == 1);
      source.gone("10.0.0.1:80");
      assertThat(leased.line()).isEqualTo("GONE 10.0.0.1:80");
      assertThat(held.line()).isEqualTo("GONE 10.0.0.1:80");
      source.gone("[::1]:80");
      assertThat(other.line()).isEqualTo("GONE [::1]:80");
      source.give(A);
      done.token(2);
    }
  }

  @Test
  void afterAnUncleanEndTheTokensCountForAWhile() {
    reopen(Duration.ofMillis(200), 1);
    source.always(A);
    try (RawPeer peer = peer("p")) {
      peer.token(1);
      peer.say("HOLD [::1]:80 1");
    }
    assertThat(source.awaitReleases(2)).extracting(Release::outcome).containsOnly(Outcome.closed());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whoeverComesBackAndHoldsHasLostNothing(int loops) {
    reopen(LONG, loops);
    source.always(A);
    try (RawPeer peer = peer("p")) {
      peer.token(1);
      peer.token(2);
    }
    await().until(() -> port.counters().leasePeers.sum() == 0);
    try (RawPeer peer = peer("p")) {
      peer.say("HOLD 10.0.0.1:80 1", "WANT 3 1");
      assertThat(peer.line()).startsWith("TOKEN 3 ");
      // Of the two tokens from before one is declared, the other is not.
      await().until(() -> source.live() == 2);
      peer.say("DONE @10.0.0.1:80 closed");
      await().until(() -> source.live() == 1);
    }
    assertThat(source.repeatedReleases()).isZero();
  }

  @Test
  void whatIsDeclaredAgainIsNeverReleasedBetween() {
    source.always(A);
    try (RawPeer peer = peer("p")) {
      peer.token(1);
    }
    await().until(() -> port.counters().leasePeers.sum() == 0);
    try (RawPeer peer = peer("p")) {
      peer.say("HOLD 10.0.0.1:80 1");
      peer.token(3);
      assertThat(source.releases()).isEmpty();
      assertThat(source.held()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aKnownNameOnANewConnectionClosesTheOldOne(int loops) {
    reopen(LONG, loops);
    source.always(A);
    try (RawPeer old = peer("p");
        RawPeer other = peer("q")) {
      old.token(1);
      other.token(1);
      try (RawPeer young = peer("p")) {
        assertThat(old.awaitEnd())
            .singleElement()
            .asString()
            .startsWith("ERROR another peer has connected with the same name");
        young.token(1);
        await().until(() -> source.live() == 2);
      }
      assertThat(source.kinds()).containsExactly(Kind.CLOSED);
    }
  }

  @Test
  void theSamePeerMaySayHelloAgain() {
    source.always(A);
    try (RawPeer peer = peer("p")) {
      peer.token(1);
      peer.say("HELLO 1 p", "HOLD 10.0.0.1:80 1");
      peer.token(2);
      assertThat(source.live()).isEqualTo(2);
      peer.say("HELLO 1 somebody-else");
      assertThat(peer.awaitEnd()).singleElement().asString().startsWith("ERROR ");
    }
  }

  @Test
  void twoPeersOfOneNameAreInTheLogOnceHoweverOftenTheyCloseEachOther() {
    try (CapturedLog log = new CapturedLog(PeerLog.class)) {
      RawPeer last = peer("p");
      for (int i = 0; i < 10; i++) {
        RawPeer next = peer("p");
        last.awaitEnd();
        last.close();
        last = next;
      }
      last.close();
      assertThat(log.lines())
          .filteredOn(line -> line.startsWith("WARN"))
          .singleElement()
          .asString()
          .startsWith("WARN lease peer p at /127.0.0.1:")
          .contains("two connections of the name p");
    }
  }

  @Test
  void whoNeverSaysHelloIsClosedThoughItAnswersPings() {
    port.close();
    ManualClock clock = new ManualClock();
    port =
        TokenPortServer.open(
            URI.create("tcp://127.0.0.1:0"),
            source,
            new PortOptions(LONG, Duration.ofSeconds(5), 1),
            clock);
    try (RawPeer silent = RawPeer.connect(port.address(), "DEALER");
        RawPeer named = peer("named")) {
      source.always(A);
      named.token(1);
      assertThat(silent.line()).startsWith("HELLO 1 ");
      clock.advance(Duration.ofSeconds(60));
      assertThat(silent.awaitEnd())
          .containsExactly("ERROR no HELLO within 60 s (expected: HELLO 1 <name>)");
      named.token(2);
    }
  }

  @Test
  void linesBeforeHelloAreIgnoredAndCounted() {
    source.always(A);
    try (RawPeer peer = RawPeer.connect(port.address(), "DEALER")) {
      assertThat(peer.line()).matches("HELLO 1 [0-9a-z]+");
      peer.say("WANT 1 1", "DONE x closed", "GET / HTTP/1.0", "HELLO 1 p", "WANT 2 1");
      assertThat(peer.line()).startsWith("TOKEN 2 ");
      assertThat(port.counters().ignoredLines.sum()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.0",
        "WANT 1 0",
        "WANT 1 99999",
        "HOLD nowhere 1",
        "HOLD 10.0.0.1:80 1000001",
        "DONE x vanished",
        "HELLO 2 p",
        "TOKEN 1 2 3",
        "",
      })
  void whatIsNotUnderstoodIsAnErrorAndTheEnd(String line) {
    source.always(A);
    try (RawPeer peer = peer("p");
        RawPeer other = peer("q")) {
      peer.token(1);
      peer.say(line);
      assertThat(peer.awaitEnd())
          .singleElement()
          .asString()
          .startsWith("ERROR ")
          .contains("expected: ");
      other.token(1);
      assertThat(source.live()).isEqualTo(2);
    }
  }

  @Test
  void onlySoManyTokensMayBeOutstanding() {
    try (RawPeer peer = peer("p")) {
      for (int i = 0; i < 64; i++) {
        peer.say("WANT " + i + " 1024");
      }
      source.awaitWaiting(64);
      peer.say("WANT 64 1");
      List<String> lines = peer.awaitEnd();
      assertThat(lines.get(lines.size() - 1)).startsWith("ERROR more than 65536 ");
      await().until(() -> source.waiting() == 0);
    }
  }

  @Test
  void aWidIsNotUsedTwiceAtATime() {
    try (RawPeer peer = peer("p")) {
      peer.say("WANT 1 1", "WANT 1 1");
      List<String> lines = peer.awaitEnd();
      assertThat(lines.get(lines.size() - 1)).startsWith("ERROR a wid that is in use");
    }
  }

  @Test
  void aMessageOfSeveralPartsIsTheEnd() {
    try (RawPeer peer = peer("p")) {
      peer.raw(new byte[] {1, 1, 'a', 0, 1, 'b'});
      assertThat(peer.awaitEnd()).isEmpty();
    }
  }

  @Test
  void aPeerThatDoesNotAnswerPingsIsDead() {
    reopen(Duration.ZERO, 1);
    source.always(A);
    try (RawPeer silent = peer("silent").withoutPongs();
        RawPeer other = peer("other")) {
      silent.token(1);
      assertThat(silent.awaitEnd()).isEmpty();
      source.awaitReleases(1);
      other.token(1);
    }
  }

  @Test
  void aPeerThatAnswersPingsStays() {
    try (RawPeer idle = peer("idle").withoutPongs();
        RawPeer silent = peer("silent").withoutPongs()) {
      AtomicBoolean over = new AtomicBoolean();
      CompletableFuture<Void> answers =
          CompletableFuture.runAsync(
              () -> await().until(() -> idle.answerHeldPings() < 0 || over.get()));
      silent.awaitEnd();
      over.set(true);
      answers.join();
      source.give(A);
      idle.token(1);
    }
  }

  @Test
  void aPeerThatNeverReadsIsNotServedForEverAndOthersAre() {
    reopen(Duration.ZERO, 1);
    source.always(A, B);
    try (RawPeer deaf = peer("deaf");
        RawPeer other = peer("other")) {
      deaf.withoutReading();
      Thread wants =
          new Thread(
              () -> {
                try {
                  for (int i = 0; true; i++) {
                    deaf.say("WANT " + i + " 1024");
                  }
                } catch (UncheckedIOException closed) {
                  // That is how it ends.
                }
              });
      wants.setDaemon(true);
      wants.start();
      await().until(() -> source.taken().size() > 1000);
      other.say("DONE " + other.token(1)[2] + " closed");
      await().until(() -> port.counters().leasePeers.sum() == 1);
      await().until(() -> source.live() == 0);
      other.token(2);
    }
  }

  @Test
  void theEndOfTheSourceIsTheEndOfThePeers() {
    try (RawPeer peer = peer("p")) {
      peer.say("WANT 1 1");
      source.awaitWaiting(1);
      source.close();
      peer.awaitEnd();
    }
  }

  @Test
  void theEndOfThePortReleasesWhatPeersHad() {
    source.give(A, B);
    try (RawPeer peer = peer("p")) {
      peer.token(1);
      RawPeer gone = peer("gone");
      gone.token(1);
      gone.close();
      await().until(() -> port.counters().leasePeers.sum() == 1);
      peer.say("WANT 2 1");
      source.awaitWaiting(1);
      port.close();
      peer.awaitEnd();
      assertThat(source.live()).isZero();
      assertThat(source.waiting()).isZero();
    }
  }
}
