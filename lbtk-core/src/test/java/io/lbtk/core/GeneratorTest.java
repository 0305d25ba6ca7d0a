package io.lbtk.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Shortage;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.Verdict;
import io.lbtk.core.refresh.GuardedRefresher;
import io.lbtk.core.refresh.OnEmpty;
import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GeneratorTest {

  private final ManualClock clock = new ManualClock();
  private final Source source = new Source();
  private final Generator generator =
      Generator.builder()
          .refresher(
              GuardedRefresher.builder(source)
                  .onEmpty(OnEmpty.ACCEPT)
                  .debounce(Duration.ZERO)
                  .scheduler(clock)
                  .ticker(clock)
                  .build())
          .policy(new RotatingPolicy())
          .scheduler(clock)
          .ticker(clock)
          .build();

  @AfterEach
  void close() {
    generator.close();
  }

  @Test
  void tokensFollowThePolicysOrder() {
    source.list("a:1", "b:1", "c:1");

    assertThat(takeNow(4)).containsExactly("a:1", "b:1", "c:1", "a:1");
  }

  @Test
  void aRemovedTargetIsNotPickedOnceTheTableTookTheChange() {
    source.list("a:1", "b:1", "c:1");
    source.list("a:1", "c:1");

    assertThat(takeNow(10)).doesNotContain("b:1");
  }

  @Test
  void anAddedTargetHasItsTurnInTheNextRotation() {
    source.list("a:1", "b:1", "c:1");
    takeNow(1);
    source.change(List.of("d:1"), Set.of());

    assertThat(takeNow(4)).containsExactlyInAnyOrder("a:1", "b:1", "c:1", "d:1");
  }

  @Test
  void aListThatIsTheSameDoesNotRestartTheOrder() {
    source.list("a:1", "b:1", "c:1");
    takeNow(1);
    source.list("a:1", "b:1", "c:1");

    assertThat(takeNow(3)).containsExactly("b:1", "c:1", "a:1");
  }

  @Test
  void ofTwoEqualHostPortsTheLastCounts() {
    source.list("a:1 weight=0", "b:1", "a:1 weight=7");

    assertThat(generator.targets()).hasSize(2);
    assertThat(takeNow(2)).containsExactlyInAnyOrder("a:1", "b:1");
    assertThat(take().target().weight() + take().target().weight()).isEqualTo(8);
  }

  @Test
  void aTargetInBothPartsOfADeltaStays() {
    source.list("a:1");
    source.change(List.of("a:1 weight=3"), Set.of("a:1"));

    assertThat(take().target()).isEqualTo(Target.parse("a:1 weight=3"));
  }

  @Test
  void weightZeroKeepsATargetAndGivesItNoConnection() {
    source.list("a:1", "b:1");
    source.list("a:1 weight=0", "b:1");

    assertThat(takeNow(3)).containsExactly("b:1", "b:1", "b:1");
    assertThat(statusOf("a:1").why()).isEqualTo("weight 0");
  }

  @Test
  void aLaterTierIsUsedOnlyWhenNoEarlierOneCanServe() {
    source.list("a:1", "b:1 priority=1", "c:1 priority=2");
    assertThat(takeNow(2)).containsExactly("a:1", "a:1");

    Token other = generator.take(Demand.any().excluding(Set.of("a:1"))).join();
    assertThat(other.target().hostPort()).isEqualTo("b:1");

    source.list("c:1 priority=2", "b:1 priority=1");
    assertThat(takeNow(2)).containsExactly("b:1", "b:1");
    source.list("c:1 priority=2", "b:1 priority=3");
    assertThat(takeNow(2)).containsExactly("c:1", "c:1");
  }

  @Test
  void aDemandWaitsForATarget() {
    CompletableFuture<Token> first = generator.take(Demand.any());
    CompletableFuture<Token> second = generator.take(Demand.any());
    assertThat(first).isNotDone();

    source.list("a:1", "b:1");

    assertThat(first.join().target().hostPort()).isEqualTo("a:1");
    assertThat(second.join().target().hostPort()).isEqualTo("b:1");
  }

  @Test
  void aDemandThatWaitsIsToldWhyAndEachTimeThatChanges() {
    List<Shortage> told = new ArrayList<>();
    generator.take(Demand.any().whileWaiting(told::add));
    source.list("a:1 weight=0");
    assertThat(told).containsExactly(Shortage.EMPTY);

    CompletableFuture<Token> blocked =
        generator.take(Demand.any().excluding(Set.of("b:1")).whileWaiting(told::add));
    source.list("a:1", "b:1");
    generator.judge("a:1", limited());
    assertThat(blocked).isCompleted();
    CompletableFuture<Token> busy =
        generator.take(Demand.any().excluding(Set.of("b:1")).whileWaiting(told::add));
    assertThat(told).containsExactly(Shortage.EMPTY, Shortage.EMPTY, Shortage.BUSY);

    source.list("b:1");
    assertShortage(busy, Shortage.EXCLUDED);
  }

  @Test
  void aDemandEndsWhenItsTimeIsOver() {
    CompletableFuture<Token> future = generator.take(Demand.any().timeout(Duration.ofMillis(20)));
    clock.advance(Duration.ofMillis(19));
    assertThat(future).isNotDone();

    clock.advance(Duration.ofMillis(1));

    assertShortage(future, Shortage.EXPIRED);
    source.list("a:1");
    assertThat(statusOf("a:1").live()).isZero();
  }

  @Test
  void aDemandWithoutPatienceIsAnsweredAtOnce() {
    assertShortage(generator.take(Demand.any().timeout(Duration.ZERO)), Shortage.EMPTY);
    source.list("a:1");
    assertThat(generator.take(Demand.any().timeout(Duration.ZERO))).isCompleted();
  }

  @Test
  void aCancelledDemandTakesNothing() {
    CompletableFuture<Token> cancelled = generator.take(Demand.any());
    CompletableFuture<Token> next = generator.take(Demand.any());
    cancelled.cancel(false);

    source.list("a:1");

    assertThat(next).isCompleted();
    assertThat(statusOf("a:1").live()).isEqualTo(1);
  }

  @Test
  void aTokenThatCrossesACancellationComesBackUnused() {
    CompletableFuture<Token> first = generator.take(Demand.any());
    CompletableFuture<Token> second = generator.take(Demand.any());
    first.whenComplete((token, failure) -> second.cancel(false));

    source.list("a:1");

    assertThat(statusOf("a:1").live()).isEqualTo(1);
  }

  @Test
  void aDemandThatExcludesEveryTargetThatMayBePickedEndsAtOnce() {
    source.list("a:1", "b:1 weight=0");

    assertShortage(generator.take(Demand.any().excluding(Set.of("a:1"))), Shortage.EXCLUDED);
  }

  @Test
  void aTokenCountsAsALiveConnectionUntilItIsReleasedOnce() {
    source.list("a:1");
    Token first = take();
    Token second = take();
    assertThat(statusOf("a:1").live()).isEqualTo(2);

    first.release(Outcome.closed());
    first.release(Outcome.reset());

    assertThat(statusOf("a:1").live()).isEqualTo(1);
    second.release(Outcome.closed());
    assertThat(statusOf("a:1").live()).isZero();
  }

  @Test
  void connectionsAreStillCountedWhenTheirTargetWasAwayForAWhile() {
    source.list("a:1", "b:1");
    Token token = take();
    source.list("b:1");
    source.list("a:1", "b:1");
    assertThat(statusOf("a:1").live()).isEqualTo(1);

    token.release(Outcome.closed());

    assertThat(statusOf("a:1").live()).isZero();
  }

  @Test
  void aHeldConnectionCountsAlsoForATargetThatComesLater() {
    Token held = generator.hold(Target.of("a", 1));
    source.list("a:1");
    assertThat(statusOf("a:1").live()).isEqualTo(1);

    held.release(Outcome.closed());

    assertThat(statusOf("a:1").live()).isZero();
  }

  @Test
  void aVerdictTakesATargetOutUntilItsAuthorTakesItBack() {
    source.list("a:1", "b:1");
    generator.judge("a:1", new Verdict("health", Verdict.State.DOWN, "connection refused"));
    generator.judge("a:1", new Verdict("admin", Verdict.State.MAINT, ""));
    assertThat(takeNow(2)).containsExactly("b:1", "b:1");
    assertThat(statusOf("a:1").why())
        .isEqualTo("down by health: connection refused; maint by admin");

    generator.judge("a:1", new Verdict("health", Verdict.State.UP, ""));
    assertThat(takeNow(2)).containsExactly("b:1", "b:1");

    generator.judge("a:1", new Verdict("admin", Verdict.State.UP, ""));
    assertThat(takeNow(2)).containsExactlyInAnyOrder("a:1", "b:1");
    assertThat(generator.judge("unknown:1", limited())).isFalse();
  }

  @Test
  void aTargetThatMayNoLongerBePickedIsGoneForAnyReasonButALimit() {
    List<String> gone = new ArrayList<>();
    Subscription subscription = generator.onGone(gone::add);
    source.list("removed:1", "drained:1", "limited:1", "down:1", "zero:1", "never:1 weight=0");
    generator.judge("limited:1", limited());
    assertThat(gone).isEmpty();

    generator.judge("down:1", new Verdict("health", Verdict.State.DOWN, ""));
    generator.judge("drained:1", new Verdict("admin", Verdict.State.DRAIN, ""));
    source.list("drained:1", "limited:1", "down:1", "zero:1 weight=0");
    assertThat(gone).containsExactly("down:1", "drained:1", "zero:1", "removed:1");

    subscription.close();
    source.list();
    assertThat(gone).hasSize(4);
  }

  @Test
  void anErrorInAListenerKeepsNothingFromTheOthersAndDoesNotJamTheGenerator() {
    List<String> gone = new ArrayList<>();
    generator.onGone(
        hostPort -> {
          throw new NoClassDefFoundError("thrown by the test");
        });
    generator.onGone(gone::add);
    source.list("a:1", "b:1");

    source.list("b:1");
    assertThat(gone).containsExactly("a:1");
    source.list();
    CompletableFuture<Token> waiting = generator.take(Demand.any());
    source.list("c:1");

    assertThat(gone).containsExactly("a:1", "b:1");
    assertThat(waiting).isCompleted();
  }

  @Test
  void anErrorInTheObserverOfADemandDoesNotJamTheGenerator() {
    generator.take(
        Demand.any()
            .whileWaiting(
                shortage -> {
                  throw new StackOverflowError("thrown by the test");
                }));
    CompletableFuture<Token> next = generator.take(Demand.any());

    generator.close();

    assertShortage(next, Shortage.CLOSED);
  }

  @Test
  void aTargetThatWasJudgedAndRemovedComesBackWithTheVerdict() {
    source.list("a:1", "b:1");
    generator.judge("a:1", new Verdict("admin", Verdict.State.MAINT, "disk"));
    source.list("b:1");
    clock.advance(Duration.ofSeconds(599));
    source.list("a:1", "b:1");

    assertThat(takeNow(2)).containsExactly("b:1", "b:1");
    assertThat(statusOf("a:1").why()).isEqualTo("maint by admin: disk");
  }

  @Test
  void aVerdictOnATargetThatWasAwayForTenMinutesIsForgotten() {
    source.list("a:1", "b:1");
    generator.judge("a:1", new Verdict("admin", Verdict.State.MAINT, ""));
    source.list("b:1");
    clock.advance(Duration.ofMinutes(10));
    source.list("a:1", "b:1");

    assertThat(takeNow(2)).containsExactlyInAnyOrder("a:1", "b:1");
  }

  @Test
  void aVerdictBeforeTheTargetIsListedCounts() {
    assertThat(generator.judge("a:1", new Verdict("admin", Verdict.State.DRAIN, ""))).isFalse();
    generator.judge("b:1", new Verdict("admin", Verdict.State.DRAIN, ""));
    generator.judge("b:1", new Verdict("admin", Verdict.State.UP, ""));
    source.list("a:1", "b:1");

    assertThat(takeNow(2)).containsExactly("b:1", "b:1");
    assertThat(generator.judge("a:1", new Verdict("admin", Verdict.State.UP, ""))).isTrue();
    assertThat(takeNow(2)).containsExactlyInAnyOrder("a:1", "b:1");
  }

  @Test
  void aVerdictThatIsRenewedWhileTheTargetIsAwayIsKeptFromThenOn() {
    source.list("a:1", "b:1");
    generator.judge("a:1", new Verdict("health", Verdict.State.DOWN, ""));
    source.list("b:1");
    clock.advance(Duration.ofMinutes(9));
    generator.judge("a:1", new Verdict("admin", Verdict.State.MAINT, ""));
    clock.advance(Duration.ofMinutes(9));
    source.list("a:1", "b:1");
    assertThat(statusOf("a:1").why()).isEqualTo("down by health; maint by admin");

    generator.judge("a:1", new Verdict("health", Verdict.State.UP, ""));
    source.list("b:1");
    generator.judge("a:1", new Verdict("admin", Verdict.State.UP, ""));
    source.list("a:1", "b:1");
    assertThat(takeNow(2)).containsExactlyInAnyOrder("a:1", "b:1");
  }

  @Test
  void aVerdictNeedsAHostPort() {
    assertThatThrownBy(() -> generator.judge("a", limited()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host:port");
  }

  @Test
  void aDemandWhoseTimeTheSchedulerCannotEndFails() {
    clock.shutdown();

    assertShortage(generator.take(Demand.any()), Shortage.CLOSED);

    source.list("a:1");
    assertThat(statusOf("a:1").live()).isZero();
    assertThat(takeNow(1)).containsExactly("a:1");
  }

  @Test
  void aDemandMayWaitForAnyLengthOfTime() {
    CompletableFuture<Token> waiting =
        generator.take(Demand.any().timeout(Duration.ofSeconds(Long.MAX_VALUE)));
    source.list("a:1");

    assertThat(waiting).isCompleted();
  }

  @Test
  void listenersHearOfThingsInTheOrderInWhichTheyHappened() {
    List<String> heard = new ArrayList<>();
    generator.onGone(hostPort -> heard.add("gone " + hostPort));
    CompletableFuture<Token> waiting = generator.take(Demand.any());
    waiting.thenAccept(
        token -> {
          heard.add("token " + token.target().hostPort());
          source.list();
          heard.add("listed");
        });

    source.list("a:1");

    assertThat(heard).containsExactly("token a:1", "listed", "gone a:1");
  }

  @Test
  void whoWaitsIsServedBeforeALongListIsTakenOverWhole() {
    List<Integer> known = new ArrayList<>();
    generator.take(Demand.any()).thenAccept(token -> known.add(generator.targets().size()));

    source.list(names(1000));

    assertThat(known).singleElement(INTEGER).isBetween(1, 999);
    assertThat(generator.targets()).hasSize(1000);
  }

  @Test
  void aListThatIsReportedWhileALongOneIsTakenOverReplacesIt() {
    generator.take(Demand.any()).thenAccept(token -> source.list("last:1"));

    source.list(names(1000));

    assertThat(generator.targets())
        .extracting(status -> status.target().hostPort())
        .containsExactly("last:1");
  }

  @Test
  void aListInAnyOrderIsTakenOver() {
    Random random = new Random(1);
    List<String> list = new ArrayList<>();
    for (int round = 0; round < 200; round++) {
      int from = random.nextInt(list.size() + 1);
      switch (random.nextInt(6)) {
        case 0 -> Collections.shuffle(list, random);
        case 1 -> list.subList(from, Math.min(from + 3, list.size())).clear();
        case 2 -> source.change(List.of("t%d:1".formatted(random.nextInt(50))), Set.of());
        case 3 -> source.change(List.of(), Set.of("t%d:1".formatted(random.nextInt(50))));
        default ->
            list.add(from, "t%d:1 weight=%d".formatted(random.nextInt(50), random.nextInt(1, 4)));
      }
      source.list(list.toArray(String[]::new));

      Map<String, Target> expected = new HashMap<>();
      list.stream().map(Target::parse).forEach(t -> expected.put(t.hostPort(), t));
      assertThat(generator.targets())
          .extracting(TargetStatus::target)
          .as("round %d", round)
          .containsExactlyInAnyOrderElementsOf(expected.values());
    }
  }

  private static String[] names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "t" + i + ":1").toArray(String[]::new);
  }

  @Test
  void aFailureOfTheRefresherChangesNothing() {
    source.list("a:1");
    source.report(Refresh.failure("the file is gone"));

    assertThat(takeNow(1)).containsExactly("a:1");
  }

  @Test
  void readinessComesWithTheFirstListAlsoWithAnEmptyOne() {
    assertThat(generator.whenReady()).isNotDone();
    source.report(Refresh.failure("not yet"));
    assertThat(generator.whenReady()).isNotDone();
    source.list();
    assertThat(generator.whenReady()).isCompleted();
  }

  @Test
  void closingEndsThoseWhoWaitAndTheRefresher() {
    CompletableFuture<Token> waiting = generator.take(Demand.any());
    generator.close();
    generator.close();

    assertShortage(waiting, Shortage.CLOSED);
    assertShortage(generator.take(Demand.any()), Shortage.CLOSED);
    assertThat(source.closed).isEqualTo(1);
  }

  @Test
  void aGeneratorNeedsARefresherAndAPolicy() {
    assertThatThrownBy(() -> Generator.builder().policy(new RotatingPolicy()).build())
        .hasMessageContaining("no refresher");
    assertThatThrownBy(() -> Generator.builder().refresher(source).build())
        .hasMessageContaining("policy");
  }

  private Token take() {
    CompletableFuture<Token> future = generator.take(Demand.any());
    assertThat(future).isCompleted();
    return future.join();
  }

  private List<String> takeNow(int count) {
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(take().target().hostPort());
    }
    return taken;
  }

  private TargetStatus statusOf(String hostPort) {
    return generator.targets().stream()
        .filter(status -> status.target().hostPort().equals(hostPort))
        .findFirst()
        .orElseThrow();
  }

  private static Verdict limited() {
    return new Verdict("limits", Verdict.State.LIMITED, "max-connections");
  }

  private static void assertShortage(CompletableFuture<Token> future, Shortage shortage) {
    assertThat(future).isCompletedExceptionally();
    assertThatThrownBy(future::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            NoTokenException.class, e -> assertThat(e.shortage()).isEqualTo(shortage));
  }

  /** A refresher that reports what the test says. */
  private static final class Source implements Refresher {

    private RefreshListener listener = report -> {};
    private int closed;

    @Override
    public void start(RefreshListener newListener) {
      listener = newListener;
    }

    @Override
    public void close() {
      closed++;
    }

    void report(Refresh report) {
      listener.onRefresh(report);
    }

    void list(String... targets) {
      report(Refresh.snapshot(Arrays.stream(targets).map(Target::parse).toList()));
    }

    void change(List<String> added, Set<String> removed) {
      report(Refresh.delta(added.stream().map(Target::parse).toList(), removed));
    }
  }
}
