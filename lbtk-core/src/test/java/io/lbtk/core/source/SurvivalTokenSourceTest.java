package io.lbtk.core.source;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SurvivalTokenSourceTest {

  private static final Target A = Target.parse("10.0.0.1:80");
  private static final Target B = Target.parse("10.0.0.2:80");
  private static final Target C = Target.parse("10.0.0.3:80");

  private final ManualClock clock = new ManualClock();
  private final FakeRemote source = new FakeRemote("tcp://port", clock).connect();
  private final SurvivalTokenSource tokens = new SurvivalTokenSource(source, clock);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(SourceLog.class);
  }

  private List<String> logged() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private void see(Target... targets) {
    source.tokens.give(targets);
    for (Target target : targets) {
      Token token = tokens.take(Demand.any()).join();
      assertThat(token.target()).isEqualTo(target);
      token.release(Outcome.closed());
    }
  }

  private Set<Target> served() {
    Set<Target> served = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      Token token = tokens.take(Demand.any()).join();
      served.add(token.target());
      token.release(Outcome.closed());
    }
    return served;
  }

  private static Shortage shortage(CompletableFuture<Token> future) {
    return future.handle((token, failure) -> ((NoTokenException) failure).shortage()).getNow(null);
  }

  @Test
  void withoutTheSourceItServesWhatItSaw() {
    see(A, B, A);
    source.disconnect();
    assertThat(served()).containsExactlyInAnyOrder(A, B);
  }

  @Test
  void whatIsGoneIsNotServed() {
    see(A, B);
    source.tokens.gone(A.hostPort());
    source.disconnect();
    assertThat(served()).containsExactly(B);
  }

  @Test
  void whatWasGoneAndCameBackIsServed() {
    see(A, B);
    source.tokens.gone(A.hostPort());
    see(A);
    source.disconnect();
    assertThat(served()).containsExactlyInAnyOrder(A, B);
  }

  @Test
  void whatWasSeenTooLongAgoIsNotServed() {
    see(A);
    clock.advance(Duration.ofMinutes(6));
    see(B);
    clock.advance(Duration.ofMinutes(5));
    source.disconnect();
    assertThat(served()).containsExactly(B);
  }

  @Test
  void theListStaysWhileTheSourceIsAway() {
    see(A);
    source.disconnect();
    clock.advance(Duration.ofHours(5));
    assertThat(served()).containsExactly(A);
  }

  @Test
  void exclusionsAreRespected() {
    see(A, B, C);
    source.disconnect();
    for (int i = 0; i < 50; i++) {
      Demand demand = Demand.any().excluding(Set.of(A.hostPort(), C.hostPort()));
      assertThat(tokens.take(demand).join().target()).isEqualTo(B);
    }
    Demand none = Demand.any().excluding(Set.of(A.hostPort(), B.hostPort(), C.hostPort()));
    assertThat(shortage(tokens.take(none))).isEqualTo(Shortage.EXCLUDED);
  }

  @Test
  void tokensOfTheListAreHeldAtTheSource() {
    see(A);
    source.disconnect();
    Token token = tokens.take(Demand.any()).join();
    assertThat(source.tokens.held()).containsExactly(A);
    source.connect();
    token.release(Outcome.reset());
    assertThat(source.tokens.kinds()).containsExactly(Kind.CLOSED, Kind.RESET);
  }

  @Test
  void demandsThatWaitWhenTheSourceIsLostAreServedFromTheList() {
    see(A);
    var future = tokens.take(Demand.any());
    assertThat(future).isNotDone();
    source.disconnect();
    assertThat(future).isCompletedWithValueMatching(token -> token.target().equals(A));
    assertThat(source.tokens.waiting()).isZero();
  }

  @Test
  void withAnEmptyListDemandsWaitForTheSource() {
    source.disconnect();
    var future = tokens.take(Demand.any());
    assertThat(future).isNotDone();
    source.connect();
    source.tokens.give(A);
    assertThat(future).isCompleted();
    assertThat(logged()).isEmpty();
  }

  @Test
  void whenTheSourceIsBackItIsAsked() {
    see(A);
    source.disconnect();
    source.connect();
    source.tokens.give(B);
    assertThat(tokens.take(Demand.any()).join().target()).isEqualTo(B);
  }

  @Test
  void itSaysOnceThatItGoesOnWithoutAndOnceThatItIsOver() {
    see(A, B);
    source.disconnect();
    served();
    assertThat(logged())
        .containsExactly(
            "tcp://port: gives no tokens (not connected, or a standby); goes on with the targets"
                + " seen in the last 10 minutes, at random, without limits");
    source.connect();
    see(A);
    assertThat(logged())
        .hasSize(2)
        .last()
        .isEqualTo("tcp://port: connected, tokens come from there now");
  }

  @Test
  void whatSeveralSourcesSayIsSaidOnce() {
    SourceLog shared = new SourceLog();
    FakeRemote other = new FakeRemote("tcp://port", clock).connect();
    for (FakeRemote remote : List.of(source, other)) {
      TokenSource one = new SurvivalTokenSource(remote, clock, shared);
      remote.tokens.give(A);
      one.take(Demand.any()).join();
    }
    for (int i = 0; i < 2; i++) {
      source.disconnect();
      other.disconnect();
      source.connect();
      other.connect();
    }
    assertThat(logged()).hasSize(4);
  }

  @Test
  void theListIsBounded() {
    Target first = Target.of("10.9.9.9", 80);
    see(first);
    for (int i = 0; i < SurvivalTokenSource.MAX_TARGETS; i++) {
      see(Target.of("10.1." + (i >> 8) + "." + (i & 255), 80));
    }
    source.disconnect();
    Set<Target> served = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      served.add(tokens.take(Demand.any()).join().target());
    }
    assertThat(served).hasSizeGreaterThan(1000).doesNotContain(first);
  }

  @Test
  void aCancelledDemandIsWithdrawn() {
    var future = tokens.take(Demand.any());
    future.cancel(false);
    assertThat(source.tokens.waiting()).isZero();
  }

  @Test
  void afterCloseThereIsNoToken() {
    see(A);
    source.disconnect();
    tokens.close();
    assertThat(source.tokens.isClosed()).isTrue();
    assertThat(shortage(tokens.take(Demand.any()))).isEqualTo(Shortage.CLOSED);
  }
}
