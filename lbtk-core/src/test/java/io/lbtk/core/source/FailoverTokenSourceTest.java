package io.lbtk.core.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FailoverTokenSourceTest {

  private static final Target A = Target.parse("10.0.0.1:80");
  private static final Target B = Target.parse("10.0.0.2:80");

  private final ManualClock clock = new ManualClock();
  private final FakeRemote first = new FakeRemote("first", clock);
  private final FakeRemote second = new FakeRemote("second", clock);
  private final FakeRemote third = new FakeRemote("third", clock);
  private final FailoverTokenSource tokens =
      new FailoverTokenSource(List.of(first, second, third), clock, clock);

  private FailoverTokenSourceTest() {
    first.tokens.always(A);
    second.tokens.always(B);
  }

  private Token take() {
    return tokens.take(Demand.any()).join();
  }

  private static Shortage shortage(CompletableFuture<Token> future) {
    return future.handle((token, failure) -> ((NoTokenException) failure).shortage()).getNow(null);
  }

  @Test
  void tokensComeFromTheFirstThatIsConnected() {
    second.connect();
    assertThat(take().target()).isEqualTo(B);
    assertThat(first.tokens.taken()).isEmpty();
  }

  @Test
  void theNextConnectedTakesOverAtOnceAndHoldsWhatIsLive() {
    first.connect();
    second.connect();
    Token live = take();
    Token released = take();
    released.release(Outcome.closed());
    first.disconnect();
    assertThat(second.tokens.held()).containsExactly(A);
    assertThat(take().target()).isEqualTo(B);
    live.release(Outcome.reset());
    assertThat(second.tokens.releases())
        .containsExactly(new FakeTokenSource.Release(A, Outcome.reset()));
    assertThat(first.tokens.kinds()).containsExactly(Kind.CLOSED);
  }

  @Test
  void aSourceThatIsLostIsLeftSoThatItsCountsEndWhenItComesBack() {
    first.connect();
    second.connect();
    first.disconnect();
    assertThat(first.left()).isEqualTo(1);
  }

  @Test
  void theEarlierOneIsUsedAgainWhenItWasThereForFiveSeconds() {
    first.connect();
    second.connect();
    first.disconnect();
    Token live = take();
    first.connect();
    clock.advance(Duration.ofMillis(4999));
    assertThat(take().target()).isEqualTo(B);
    clock.advance(Duration.ofMillis(1));
    assertThat(take().target()).isEqualTo(A);
    assertThat(first.tokens.held()).containsExactly(B, B);
    assertThat(second.left()).isEqualTo(1);
    live.release(Outcome.closed());
    assertThat(first.tokens.kinds()).containsExactly(Kind.CLOSED);
    assertThat(second.tokens.kinds()).isEmpty();
  }

  @Test
  void anEarlierOneThatComesAndGoesIsNotUsed() {
    second.connect();
    for (int i = 0; i < 10; i++) {
      first.connect();
      clock.advance(Duration.ofSeconds(3));
      first.disconnect();
      clock.advance(Duration.ofSeconds(3));
    }
    first.connect();
    clock.advance(Duration.ofSeconds(4));
    assertThat(first.tokens.held()).isEmpty();
    assertThat(take().target()).isEqualTo(B);
  }

  @Test
  void aLaterOneThatConnectsChangesNothing() {
    first.connect();
    second.connect();
    clock.advance(Duration.ofMinutes(1));
    assertThat(take().target()).isEqualTo(A);
    assertThat(first.left()).isZero();
  }

  @Test
  void fromThirdItGoesToTheFirstThatIsReady() {
    third.connect();
    second.connect();
    clock.advance(Duration.ofSeconds(1));
    first.connect();
    clock.advance(Duration.ofSeconds(4));
    assertThat(take().target()).isEqualTo(B);
    clock.advance(Duration.ofSeconds(1));
    assertThat(take().target()).isEqualTo(A);
  }

  @Test
  void demandsThatWaitGoOnAtTheNextSourceForTheRestOfTheirTime() {
    first.connect();
    first.tokens.always();
    var future = tokens.take(Demand.any().timeout(Duration.ofSeconds(5)));
    clock.advance(Duration.ofSeconds(2));
    second.tokens.always();
    second.connect();
    first.disconnect();
    assertThat(first.tokens.waiting()).isZero();
    assertThat(second.tokens.demands())
        .extracting(Demand::timeout)
        .containsExactly(Duration.ofSeconds(3));
    second.tokens.give(B);
    assertThat(future).isCompletedWithValueMatching(token -> token.target().equals(B));
  }

  @Test
  void withoutAnySourceDemandsWaitForWhicheverComesFirst() {
    first.tokens.always();
    var future = tokens.take(Demand.any());
    assertThat(future).isNotDone();
    second.connect();
    assertThat(future).isCompletedWithValueMatching(token -> token.target().equals(B));
  }

  @Test
  void withoutAnySourceDemandsExpire() {
    first.tokens.always();
    var future = tokens.take(Demand.any().timeout(Duration.ofSeconds(1)));
    clock.advance(Duration.ofSeconds(1));
    assertThat(shortage(future)).isEqualTo(Shortage.EXPIRED);
  }

  @Test
  void aTokenThatCrossesTheChangeIsReturned() {
    first.connect();
    first.tokens.always();
    second.connect();
    second.tokens.always();
    List<Shortage> told = new ArrayList<>();
    // The second to wait is served by the first source just before it would be withdrawn there.
    var one =
        tokens.take(
            Demand.any()
                .whileWaiting(
                    shortage -> {
                      told.add(shortage);
                      if (told.size() == 2) {
                        first.tokens.give(A);
                      }
                    }));
    var two = tokens.take(Demand.any());
    first.disconnect();
    assertThat(first.tokens.kinds()).containsExactly(Kind.UNUSED);
    second.tokens.give(B, B);
    assertThat(one.join().target()).isEqualTo(B);
    assertThat(two.join().target()).isEqualTo(B);
  }

  @Test
  void aCancelledDemandIsWithdrawn() {
    first.connect();
    first.tokens.always();
    var future = tokens.take(Demand.any());
    future.cancel(false);
    assertThat(first.tokens.waiting()).isZero();
    second.connect();
    first.disconnect();
    assertThat(second.tokens.taken()).isEmpty();
  }

  @Test
  void aSecondReleaseDoesNothing() {
    first.connect();
    Token token = take();
    token.release(Outcome.closed());
    token.release(Outcome.reset());
    assertThat(first.tokens.kinds()).containsExactly(Kind.CLOSED);
    assertThat(first.tokens.repeatedReleases()).isZero();
  }

  @Test
  void whatIsHeldMovesToo() {
    first.connect();
    second.connect();
    Token held = tokens.hold(B);
    first.disconnect();
    assertThat(second.tokens.held()).containsExactly(B);
    held.release(Outcome.closed());
    assertThat(second.tokens.kinds()).containsExactly(Kind.CLOSED);
  }

  @Test
  void whatWasLeftIsHeldNowhere() {
    first.connect();
    second.connect();
    var unused = take();
    tokens.leave();
    first.disconnect();
    assertThat(first.left()).isEqualTo(2);
    assertThat(second.tokens.held()).isEmpty();
  }

  @Test
  void onlyTheSourceThatIsUsedSaysWhatIsGone() {
    List<String> heard = new ArrayList<>();
    first.connect();
    second.connect();
    tokens.onGone(heard::add);
    second.tokens.gone(B.hostPort());
    first.tokens.gone(A.hostPort());
    assertThat(heard).containsExactly(A.hostPort());
  }

  @Test
  void itIsConnectedWhileOneIs() {
    List<Boolean> heard = new ArrayList<>();
    tokens.onConnection(heard::add);
    assertThat(tokens.connected()).isFalse();
    second.connect();
    first.connect();
    second.disconnect();
    assertThat(tokens.connected()).isTrue();
    first.disconnect();
    assertThat(tokens.connected()).isFalse();
    third.connect();
    assertThat(heard).containsExactly(true, false, true);
  }

  @Test
  void closingClosesAllAndEndsWhatWaits() {
    first.tokens.always();
    var future = tokens.take(Demand.any());
    tokens.close();
    assertThat(shortage(future)).isEqualTo(Shortage.CLOSED);
    assertThat(List.of(first, second, third)).allMatch(remote -> remote.tokens.isClosed());
    second.connect();
    assertThat(second.tokens.taken()).isEmpty();
  }

  @Test
  void itIsNamedByItsSources() {
    assertThat(tokens).hasToString("first, second, third");
  }

  @Test
  void aSourceThatIsListedLaterServesDemandsThatWait() {
    tokens.use(List.of());
    CompletableFuture<Token> waiting = tokens.take(Demand.any());
    assertThat(waiting).isNotDone();
    FakeRemote late = new FakeRemote("late", clock);
    late.tokens.always(A);

    tokens.use(List.of(late));
    late.connect();

    assertThat(waiting.join().target()).isEqualTo(A);
    assertThat(tokens.connected()).isTrue();
  }

  @Test
  void demandsEndInTimeWhereNoSourceIsListed() {
    tokens.use(List.of());
    CompletableFuture<Token> waiting = tokens.take(Demand.any().timeout(Duration.ofSeconds(2)));

    clock.advance(Duration.ofSeconds(3));

    assertThat(shortage(waiting)).isEqualTo(Shortage.EXPIRED);
  }

  @Test
  void whatIsLiveIsHeldElsewhereWhenItsSourceIsListedNoMore() {
    first.connect();
    second.connect();
    Token live = take();

    tokens.use(List.of(second, third));

    assertThat(second.tokens.held()).containsExactly(A);
    assertThat(first.left()).isOne();
    assertThat(shortage(first.take(Demand.any()))).isEqualTo(Shortage.CLOSED);
    assertThat(take().target()).isEqualTo(B);
    live.release(Outcome.closed());
  }

  @Test
  void anotherOrderIsGoneToAfterAWhile() {
    first.connect();
    second.connect();
    assertThat(take().target()).isEqualTo(A);

    tokens.use(List.of(second, first));
    clock.advance(FailoverTokenSource.RETURN_AFTER);

    assertThat(take().target()).isEqualTo(B);
  }

  @Test
  void noSourceThatGoesOnIsDisturbedByAChangeOfTheOthers() {
    first.connect();
    Token live = take();

    tokens.use(List.of(first, third));

    assertThat(first.left()).isZero();
    assertThat(first.tokens.live()).isOne();
    assertThat(tokens.connected()).isTrue();
    live.release(Outcome.closed());
  }

  @Test
  void nothingIsConnectedOnceNoSourceIsListed() {
    first.connect();

    tokens.use(List.of());

    assertThat(tokens.connected()).isFalse();
    assertThat(tokens).hasToString("no token port");
  }

  @Test
  void withoutAnySourceDemandsEndAtOnceWhenItIsClosed() {
    FailoverTokenSource empty = new FailoverTokenSource(List.of(), clock, clock);
    CompletableFuture<Token> waiting = empty.take(Demand.any());
    assertThat(waiting).isNotDone();

    empty.close();

    assertThat(shortage(waiting)).isEqualTo(Shortage.CLOSED);
    assertThat(shortage(empty.take(Demand.any()))).isEqualTo(Shortage.CLOSED);
    assertThat(clock.pending()).isZero();
  }

  @Test
  void afterTheLastSourceWasDroppedDemandsEndAtOnceWhenItIsClosed() {
    first.connect();
    tokens.use(List.of());
    CompletableFuture<Token> waiting = tokens.take(Demand.any());

    tokens.close();

    assertThat(shortage(waiting)).isEqualTo(Shortage.CLOSED);
  }

  @Test
  void withoutAnySourceADemandEndsAtOnceIfNothingCouldEndItLater() {
    FailoverTokenSource empty = new FailoverTokenSource(List.of(), clock, clock);
    clock.shutdown();

    assertThat(shortage(empty.take(Demand.any()))).isEqualTo(Shortage.CLOSED);
  }

  @Test
  void aSourceThatThrowsFailsTheDemand() {
    RemoteTokenSource broken =
        new FakeRemote("broken", clock) {
          @Override
          public CompletableFuture<Token> take(Demand demand) {
            throw new NoClassDefFoundError("thrown by the test");
          }
        };

    assertThat(new FailoverTokenSource(List.of(broken), clock, clock).take(Demand.any()))
        .isCompletedExceptionally();
  }
}
