package io.lbtk.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Demand;
import io.lbtk.api.ForwardingTokenSource;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Shortage;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class WindowTokenSourceTest {

  private static final Target A = Target.parse("10.0.0.1:80");
  private static final Target B = Target.parse("10.0.0.2:80");

  private final ManualClock clock = new ManualClock();
  private final FakeTokenSource source = new FakeTokenSource(clock);
  private final WindowTokenSource tokens = window(4);

  private WindowTokenSource window(int size) {
    return new WindowTokenSource(source, size, WindowTokenSource.DEFAULT_MAX_AGE, clock, clock);
  }

  private Target taken() {
    CompletableFuture<Token> future = tokens.take(Demand.any());
    assertThat(future).isCompleted();
    Token token = future.join();
    token.release(Outcome.closed());
    return token.target();
  }

  private static Shortage shortage(CompletableFuture<Token> future) {
    return future.handle((token, failure) -> ((NoTokenException) failure).shortage()).getNow(null);
  }

  @Test
  void itKnowsItsTargetsAsSoonAsTheSourceDoes() {
    CompletableFuture<Void> known = new CompletableFuture<>();
    TokenSource standby =
        new ForwardingTokenSource() {
          @Override
          protected TokenSource delegate() {
            return source;
          }

          @Override
          public CompletableFuture<Void> whenReady() {
            return known;
          }
        };
    WindowTokenSource window =
        new WindowTokenSource(standby, 1, WindowTokenSource.DEFAULT_MAX_AGE, clock, clock);
    assertThat(window.whenReady()).isNotDone();

    known.complete(null);

    assertThat(window.whenReady()).isCompleted();
  }

  @Test
  void nothingIsFetchedBeforeSomebodyTakes() {
    assertThat(source.demands()).isEmpty();
  }

  @Test
  void theFirstTakeFetchesAheadAndLaterOnesNeedNotAsk() {
    source.give(A, B, A, B, A);
    taken();
    assertThat(source.taken()).hasSize(5);
    source.refuse(Shortage.EMPTY);
    assertThat(List.of(taken(), taken(), taken(), taken())).containsExactly(B, A, B, A);
  }

  @Test
  void aWindowThatIsHalfEmptyIsFilledAgain() {
    source.always(A);
    taken();
    taken();
    assertThat(source.taken()).hasSize(5);
    taken();
    assertThat(source.taken()).hasSize(7);
  }

  @Test
  void whatIsTooOldIsReturnedUnusedAndNotFetchedAgain() {
    source.always(A);
    taken();
    clock.advance(Duration.ofMillis(999));
    assertThat(source.live()).isEqualTo(4);
    clock.advance(Duration.ofMillis(1));
    assertThat(source.live()).isZero();
    assertThat(source.kinds()).filteredOn(kind -> kind == Kind.UNUSED).hasSize(4);
    clock.advance(Duration.ofMinutes(1));
    assertThat(source.taken()).hasSize(5);
  }

  @Test
  void eachTokenAgesByItself() {
    source.always(A);
    taken();
    clock.advance(Duration.ofMillis(600));
    taken();
    taken();
    clock.advance(Duration.ofMillis(500));
    assertThat(source.live()).isEqualTo(2);
    clock.advance(Duration.ofMillis(500));
    assertThat(source.live()).isZero();
  }

  @Test
  void tokensOfATargetThatIsGoneAreReturnedAtOnce() {
    source.give(B, A, B, A, B);
    taken();
    source.gone(A.hostPort());
    assertThat(source.releases())
        .filteredOn(release -> release.outcome().kind() == Kind.UNUSED)
        .extracting(FakeTokenSource.Release::target)
        .containsExactly(A, A);
    source.always(B);
    assertThat(List.of(taken(), taken(), taken())).containsOnly(B);
  }

  @Test
  void aTokenThatWasUnderWayWhileATargetWentIsNotKept() {
    LateSource late = new LateSource();
    WindowTokenSource window =
        new WindowTokenSource(late, 2, WindowTokenSource.DEFAULT_MAX_AGE, clock, clock);
    var first = window.take(Demand.any());
    source.give(A, A, A);
    late.deliver(source);
    late.gone.accept(A.hostPort());
    late.deliver(source);
    late.deliver(source);
    assertThat(first).isCompletedWithValueMatching(token -> token.target().equals(A));
    assertThat(source.kinds()).containsExactly(Kind.UNUSED, Kind.UNUSED);
  }

  @Test
  void aDemandThatExcludesTakesNothingThatIsKeptForOthers() {
    source.give(A, A, B, A, B);
    taken();
    source.give(B);
    int before = source.demands().size();
    Token token = tokens.take(Demand.any().excluding(Set.of(A.hostPort()))).join();
    assertThat(token.target()).isEqualTo(B);
    assertThat(source.demands()).hasSize(before + 1);
    assertThat(source.demands().get(before).excluded()).containsExactly(A.hostPort());
    source.refuse(Shortage.EMPTY);
    assertThat(List.of(taken(), taken(), taken(), taken())).containsExactly(A, B, A, B);
  }

  @Test
  void aDemandWithAKeyGoesToTheSource() {
    source.always(A);
    taken();
    int before = source.demands().size();
    tokens.take(Demand.any().withKey("client")).join();
    assertThat(source.demands()).hasSize(before + 1);
    assertThat(source.demands().get(before).key()).contains("client");
  }

  @Test
  void demandsThatWaitAreServedInTheirOrder() {
    var first = tokens.take(Demand.any());
    var second = tokens.take(Demand.any());
    assertThat(first).isNotDone();
    source.give(A);
    assertThat(first).isCompletedWithValueMatching(token -> token.target().equals(A));
    assertThat(second).isNotDone();
    source.give(B);
    assertThat(second).isCompletedWithValueMatching(token -> token.target().equals(B));
    assertThat(source.live()).isEqualTo(2);
  }

  @Test
  void fetchingAheadDoesNotWaitForATarget() {
    var unused = tokens.take(Demand.any());
    assertThat(source.waiting()).isEqualTo(1);
  }

  private long fetches() {
    return source.demands().stream().filter(demand -> demand.timeout().isZero()).count();
  }

  @Test
  void nothingIsFetchedAgainAndAgainWhileDemandsWait() {
    List<CompletableFuture<Token>> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(tokens.take(Demand.any()));
    }
    assertThat(fetches()).isEqualTo(4);
    for (int i = 0; i < 10; i++) {
      source.give(A);
      waiting.add(tokens.take(Demand.any()));
    }
    assertThat(fetches()).isEqualTo(4);
    assertThat(waiting).filteredOn(CompletableFuture::isDone).hasSize(10);

    source.always(B);

    assertThat(waiting).allMatch(CompletableFuture::isDone);
    int live = source.live();
    taken();
    assertThat(source.live()).isEqualTo(live + 4);
  }

  @Test
  void aShortageThatOnlyFetchingHasSeenEndsWithADemandThatIsServed() {
    source.give(A);
    taken();
    assertThat(fetches()).isEqualTo(4);
    source.always(B);
    taken();
    assertThat(source.live()).isEqualTo(4);
  }

  @Test
  void aDemandThatWaitsHearsWhyAndExpires() {
    List<Shortage> heard = new ArrayList<>();
    var future = tokens.take(Demand.any().timeout(Duration.ofSeconds(2)).whileWaiting(heard::add));
    assertThat(heard).containsExactly(Shortage.EMPTY);
    clock.advance(Duration.ofMillis(1999));
    assertThat(future).isNotDone();
    clock.advance(Duration.ofMillis(1));
    assertThat(shortage(future)).isEqualTo(Shortage.EXPIRED);
  }

  @Test
  void aCancelledDemandIsWithdrawn() {
    var future = tokens.take(Demand.any());
    future.cancel(false);
    assertThat(source.waiting()).isZero();
    source.give(A);
    assertThat(taken()).isEqualTo(A);
    assertThat(source.live()).isZero();
  }

  @Test
  void aTokenThatCrossesAnAbandonedDemandIsReturned() {
    var future = tokens.take(Demand.any());
    future.completeExceptionally(new IllegalStateException("the taker gave up"));
    source.give(A);
    assertThat(source.kinds()).containsExactly(Kind.UNUSED);
  }

  @Test
  void closingReturnsAllThatIsKeptAndClosesTheSource() {
    source.always(A);
    taken();
    tokens.close();
    assertThat(source.live()).isZero();
    assertThat(source.isClosed()).isTrue();
    assertThat(shortage(tokens.take(Demand.any()))).isEqualTo(Shortage.CLOSED);
  }

  @Test
  void closingEndsDemandsThatWait() {
    var future = tokens.take(Demand.any());
    tokens.close();
    assertThat(shortage(future)).isEqualTo(Shortage.CLOSED);
  }

  @Test
  void windowZeroFetchesNothing() {
    source.always(A);
    window(0).take(Demand.any()).join();
    assertThat(source.taken()).hasSize(1);
  }

  @Test
  void aWindowOutOfRangeIsRefused() {
    assertThatThrownBy(() -> window(1025))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("window 1025 (expected: 0 to 1024)");
  }

  @Test
  void noTokenIsLostWhenManyThreadsTakeAndCancel() throws Exception {
    source.always(A, B);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> all = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int every = t + 2;
      all.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 2_000; i++) {
                  CompletableFuture<Token> future = tokens.take(Demand.any());
                  if (i % every == 0) {
                    future.cancel(false);
                  }
                  if (i % 100 == 0) {
                    source.gone(A.hostPort());
                  }
                  future.thenAccept(token -> token.release(Outcome.closed()));
                }
              }));
    }
    for (Future<?> one : all) {
      one.get(1, TimeUnit.MINUTES);
    }
    threads.shutdown();
    tokens.close();
    assertThat(source.live()).isZero();
    assertThat(source.repeatedReleases()).isZero();
  }

  /** Answers when the test says so, in the order in which it was asked. */
  private static final class LateSource implements TokenSource {

    private final Deque<CompletableFuture<Token>> asked = new ArrayDeque<>();
    private Consumer<String> gone = hostPort -> {};

    @Override
    public CompletableFuture<Token> take(Demand demand) {
      CompletableFuture<Token> future = new CompletableFuture<>();
      asked.add(future);
      return future;
    }

    void deliver(TokenSource tokens) {
      asked.remove().complete(tokens.take(Demand.any()).join());
    }

    @Override
    public Subscription onGone(Consumer<String> listener) {
      gone = listener;
      return () -> {};
    }

    @Override
    public void close() {}
  }
}
