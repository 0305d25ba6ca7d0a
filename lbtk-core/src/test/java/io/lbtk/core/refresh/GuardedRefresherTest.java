package io.lbtk.core.refresh;

import static io.lbtk.core.refresh.SourceRefresher.targets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher.Mode;
import io.lbtk.api.Target;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.RecordingListener;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedRefresherTest {

  private static final Duration LONG = Duration.ofMinutes(10);

  private final ManualClock clock = new ManualClock();
  private final RecordingListener listener = new RecordingListener();
  private final FailingListener failing = new FailingListener(listener);
  private final LogLines log = new LogLines("io.lbtk.core.refresh");
  private SourceRefresher source = new SourceRefresher(Mode.PUSHED);
  private GuardedRefresher guarded = guards().build();

  @AfterEach
  void close() {
    guarded.close();
    log.close();
    assertThat(listener.violations()).isEmpty();
  }

  private GuardedRefresher.Builder guards() {
    return GuardedRefresher.builder(source)
        .name("refresher.x")
        .scheduler(clock)
        .ticker(clock)
        .debounce(Duration.ZERO);
  }

  private GuardedRefresher.Builder guards(Mode mode) {
    source = new SourceRefresher(mode);
    return guards();
  }

  private void start(GuardedRefresher.Builder builder) {
    guarded = builder.build();
    guarded.start(listener);
  }

  private void assertTargets(String... expected) {
    assertThat(listener.targets()).containsExactlyInAnyOrderElementsOf(targets(expected));
  }

  // Failures.

  @Test
  void aFailureKeepsTheLastTargetsAndIsLoggedOnceUntilItWorksAgain() {
    start(guards());
    source.list("a:1", "b:1");

    source.fail("no route");
    source.fail("no route");
    source.fail("refused");
    source.fail("no route");
    assertTargets("a:1", "b:1");
    source.list("a:1", "b:1");
    source.list("a:1", "b:1");
    source.fail("no route");

    assertThat(log.lines())
        .containsExactly(
            "WARN refresher.x: no route; keeping the last 2 targets",
            "WARN refresher.x: refused; keeping the last 2 targets",
            "INFO refresher.x: works again, 2 targets",
            "WARN refresher.x: no route; keeping the last 2 targets");
    assertThat(listener.reports()).hasSize(1);
  }

  @Test
  void failuresThatAreAllDifferentDoNotFloodTheLog() {
    start(guards());
    source.list("a:1");

    for (int i = 0; i < 1000; i++) {
      source.fail("failure " + i);
    }

    assertThat(log.lines()).hasSizeLessThan(12);
  }

  @Test
  void aFailureBeforeTheFirstListSaysThatThereAreNoTargets() {
    start(guards());

    source.fail("no route");

    assertThat(log.lines()).containsExactly("WARN refresher.x: no route; there are no targets yet");
    assertThat(listener.reports()).isEmpty();
  }

  @Test
  void aFailureClearsTheTargetsWhereItIsAskedTo() {
    start(guards().onError(OnError.CLEAR));
    source.list("a:1", "b:1");

    source.fail("no route");
    assertThat(listener.reports().get(1)).isEqualTo(Refresh.snapshot(List.of()));
    source.fail("no route");
    assertThat(listener.reports()).hasSize(2);

    source.remove("b:1");
    assertTargets("a:1");
  }

  // Empty sets.

  @Test
  void anEmptySetThatIsPolledIsBelievedAtTheThirdRead() {
    start(guards(Mode.POLLED));
    source.list("a:1");

    source.list();
    clock.advance(LONG);
    source.list();
    assertTargets("a:1");
    source.list();

    assertTargets();
    assertThat(log.lines().get(0))
        .isEqualTo(
            "WARN refresher.x: no target is listed any more; keeping the last 1 target until 2 more"
                + " reads say the same");
  }

  @Test
  void emptyReadsAreCountedAnewAfterAnother() {
    start(guards(Mode.POLLED));
    source.list("a:1");

    source.list();
    source.list();
    source.list("a:1");
    source.list();
    source.list();

    assertTargets("a:1");
  }

  @Test
  void anEmptySetThatIsPushedIsBelievedAfterThirtySeconds() {
    start(guards());
    source.list("a:1", "b:1");

    source.remove("a:1", "b:1");
    source.list();
    clock.advance(Duration.ofMillis(29_999));
    assertTargets("a:1", "b:1");
    clock.advance(Duration.ofMillis(1));

    assertTargets();
  }

  @Test
  void aTargetThatComesToAnEmptySetInTimeStandsAlone() {
    start(guards());
    source.list("a:1", "b:1");

    source.list();
    source.add("c:1");
    clock.advance(LONG);

    assertTargets("c:1");
  }

  @Test
  void timeThatTheSourceCannotBeReadConfirmsNothing() {
    start(guards());
    source.list("a:1");

    source.list();
    clock.advance(Duration.ofSeconds(20));
    source.fail("disconnected");
    clock.advance(LONG);
    assertTargets("a:1");
    source.list();
    clock.advance(Duration.ofSeconds(29));
    assertTargets("a:1");
    clock.advance(Duration.ofSeconds(1));

    assertTargets();
  }

  @Test
  void anEmptySetIsNeverBelievedWhereItIsToBeKept() {
    start(guards(Mode.POLLED).onEmpty(OnEmpty.KEEP));
    source.list("a:1");

    for (int i = 0; i < 10; i++) {
      source.list();
      clock.advance(LONG);
    }

    assertTargets("a:1");
    assertThat(log.lines()).hasSize(1);
  }

  @Test
  void anEmptySetIsBelievedAtOnceWhereItIsStatedOrAccepted() {
    start(guards(Mode.STATED));
    source.list("a:1");
    source.list();
    assertTargets();
    guarded.close();

    start(guards(Mode.POLLED).onEmpty(OnEmpty.ACCEPT));
    source.list("a:1");
    source.list();

    assertTargets();
  }

  @Test
  void theFirstSetIsBelievedEvenIfItIsEmpty() {
    start(guards());

    source.list();

    assertThat(listener.reports()).containsExactly(Refresh.snapshot(List.of()));
  }

  // Sets that shrink.

  @Test
  void aLargeRemovalIsConfirmedByASecondRead() {
    start(guards(Mode.POLLED).maxShrink(OptionalInt.of(50)));
    source.list("a:1", "b:1", "c:1", "d:1");

    source.list("a:1", "b:1");
    assertTargets("a:1", "b:1");
    source.list("a:1", "b:1", "c:1", "d:1");
    source.list("a:1");
    assertTargets("a:1", "b:1", "c:1", "d:1");
    source.list("b:1");
    assertTargets("a:1", "b:1", "c:1", "d:1");
    source.list("b:1 weight=2");

    assertTargets("b:1 weight=2");
    assertThat(log.lines().get(0))
        .isEqualTo(
            "WARN refresher.x: 3 of 4 targets are gone at once (max-shrink = 50); keeping the last"
                + " 4 targets until the next read says the same, or 30s went by");
  }

  @Test
  void aLargeRemovalThatIsPushedIsConfirmedByTime() {
    start(guards().maxShrink(OptionalInt.of(50)));
    source.list("a:1", "b:1", "c:1", "d:1");

    source.remove("a:1", "b:1", "c:1");
    source.add("e:1");
    assertTargets("a:1", "b:1", "c:1", "d:1");
    source.add("b:1 weight=2");
    assertTargets("b:1 weight=2", "d:1", "e:1");
    guarded.close();

    start(guards(Mode.PUSHED).maxShrink(OptionalInt.of(50)));
    source.list("a:1", "b:1", "c:1", "d:1");
    source.remove("a:1", "b:1", "c:1");
    clock.advance(Duration.ofSeconds(29));
    assertTargets("a:1", "b:1", "c:1", "d:1");
    clock.advance(Duration.ofSeconds(1));

    assertTargets("d:1");
  }

  @Test
  void targetsThatAreReplacedInOneDeltaCountAsGoneOnlyIfTheyAre() {
    start(guards().maxShrink(OptionalInt.of(0)));
    source.list("a:1", "b:1");

    source.report(Refresh.delta(targets("a:1 weight=2"), Set.of("a:1", "unknown:1")));

    assertTargets("a:1 weight=2", "b:1");
  }

  // Doubles.

  @Test
  void theLastOfTwoWithTheSameHostPortCounts() {
    start(guards());

    source.list("a:1 weight=2", "b:1", "a:1 weight=3");
    source.list("a:1 weight=2", "b:1", "a:1 weight=4");

    assertThat(listener.reports().get(0))
        .isEqualTo(Refresh.snapshot(targets("b:1", "a:1 weight=3")));
    assertTargets("a:1 weight=4", "b:1");
    assertThat(log.lines())
        .containsExactly("WARN refresher.x: a:1 is listed more than once; the last one counts");
  }

  // Bursts.

  @Test
  void theFirstChangeOfABurstPassesAtOnceAndTheOthersAsOne() {
    start(guards().debounce(Duration.ofMillis(100)));
    source.list("a:1", "b:1");
    clock.advance(Duration.ofMillis(100));

    source.add("c:1");
    assertTargets("a:1", "b:1", "c:1");
    source.add("d:1");
    source.remove("a:1", "d:1");
    source.add("a:1 weight=2");
    source.remove("b:1");
    clock.advance(Duration.ofMillis(99));
    assertTargets("a:1", "b:1", "c:1");
    clock.advance(Duration.ofMillis(1));

    assertTargets("a:1 weight=2", "c:1");
    assertThat(listener.reports()).hasSize(3);
    assertThat(listener.reports().get(2))
        .isEqualTo(Refresh.delta(targets("a:1 weight=2"), Set.of("b:1", "d:1")));
  }

  @Test
  void aListThatIsHeldInABurstTakesTheDeltasAfterIt() {
    start(guards().debounce(Duration.ofMillis(100)));
    source.list("a:1");

    source.add("z:1");
    source.list("b:1", "c:1");
    source.remove("b:1");
    source.add("d:1");
    clock.advance(Duration.ofMillis(100));

    assertThat(listener.reports())
        .containsExactly(Refresh.snapshot(targets("a:1")), Refresh.snapshot(targets("c:1", "d:1")));
  }

  @Test
  void aBurstWithoutEndPassesOnceInEachWindow() {
    start(guards().debounce(Duration.ofMillis(100)));
    source.list("a:1");

    for (int i = 0; i < 1000; i++) {
      clock.advance(Duration.ofMillis(1));
      source.list("a:" + (i + 2));
    }

    assertThat(listener.reports()).hasSizeBetween(10, 11);
    clock.advance(Duration.ofMillis(100));
    assertTargets("a:1001");
  }

  // The rest.

  @Test
  void aListThatSaysNothingNewGoesNoFurther() {
    start(guards());

    source.list("a:1");
    source.list("a:1");
    source.report(Refresh.delta(List.of(), Set.of()));

    assertThat(listener.reports()).hasSize(1);
  }

  @Test
  void aSmallDeltaOfAMillionTargetsStaysADelta() {
    start(guards().maxShrink(OptionalInt.of(50)));
    source.report(
        Refresh.snapshot(
            IntStream.range(0, 1_000_000).mapToObj(i -> Target.of("t" + i, 1)).toList()));

    source.add("x:1");
    source.remove("t7:1");

    List<Refresh> reports = listener.reports();
    assertThat(reports.get(1)).isEqualTo(Refresh.delta(targets("x:1"), Set.of()));
    assertThat(reports.get(2)).isEqualTo(Refresh.delta(List.of(), Set.of("t7:1")));
  }

  @Test
  void nothingComesAfterCloseThoughATimeWasSet() {
    start(guards().debounce(Duration.ofMillis(100)));
    source.list("a:1");
    source.add("b:1");

    guarded.close();
    listener.closed();
    clock.advance(LONG);
    source.list("c:1");

    assertThat(listener.reports()).hasSize(1);
    assertThat(source.isClosed()).isTrue();
    guarded.close();
    assertThatThrownBy(() -> guarded.start(listener)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aListenerThatThrowsDoesNotEndIt() {
    guarded = guards().build();
    guarded.start(
        refresh -> {
          listener.onRefresh(refresh);
          throw new IllegalStateException("a listener's fault");
        });

    source.list("a:1");
    source.list("b:1");

    assertTargets("b:1");
  }

  @Test
  void aListenerCanCloseWhatReportsToItWhileAnotherReportWaits() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    guarded = guards().build();
    guarded.start(
        refresh -> {
          listener.onRefresh(refresh);
          inside.countDown();
          join(go);
          guarded.close();
          listener.closed();
        });
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> source.list("a:1"));
    join(inside);
    CompletableFuture<Void> second = CompletableFuture.runAsync(() -> source.list("b:1"));

    go.countDown();

    CompletableFuture.allOf(first, second).get(30, TimeUnit.SECONDS);
    assertTargets("a:1");
  }

  private static void join(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void withoutASchedulerItHasAThreadOfItsOwn() {
    source = new SourceRefresher(Mode.PUSHED);
    start(GuardedRefresher.builder(source).debounce(Duration.ofMillis(1)));
    source.list("a:1");
    source.list("b:1");
    source.list("c:1");

    listener.awaitTargets("c:1");
  }

  @Test
  void whatIsOutOfRangeIsRefused() {
    assertThatThrownBy(() -> guards().maxShrink(OptionalInt.of(101)))
        .hasMessage("max-shrink 101 (expected: 0 to 100)");
    assertThatThrownBy(() -> guards().debounce(Duration.ofMillis(-1)))
        .hasMessageContaining("expected: not negative");
  }

  // Listeners that throw.

  private void startFailing(GuardedRefresher.Builder builder) {
    guarded = builder.build();
    guarded.start(failing);
  }

  @Test
  void aSetThatWasNotTakenOverIsPassedOnWhenItIsReportedAgain() {
    startFailing(guards());
    failing.failNext(1);
    source.list("a:1");

    source.list("a:1");

    assertTargets("a:1");
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("ERROR refresher.x: a report could not be taken over; the next one will be");
    source.list("a:1");
    assertThat(listener.reports()).hasSize(1);
  }

  @Test
  void aSetThatWasNotTakenOverIsPassedOnAgainThoughTheSourceIsSilent() {
    startFailing(guards());
    failing.failNext(2);
    source.list("a:1");

    clock.advance(Duration.ofSeconds(3));

    assertTargets("a:1");
    clock.advance(LONG);
    assertThat(listener.reports()).hasSize(1);
  }

  @Test
  void anEmptySetThatWasConfirmedAndNotTakenOverIsPassedOnAgain() {
    startFailing(guards(Mode.POLLED));
    source.list("a:1");
    failing.failNext(1);
    for (int i = 0; i < 3; i++) {
      source.list();
    }
    assertTargets("a:1");

    source.list();

    assertTargets();
  }

  @Test
  void aChangeThatWasNotTakenOverComesWithTheNextOne() {
    startFailing(guards());
    source.list("a:1");
    failing.failNext(1);
    source.add("b:1");

    source.add("c:1");

    assertTargets("a:1", "b:1", "c:1");
  }

  @Test
  void aGatheredChangeThatWasNotTakenOverIsPassedOnAgain() {
    startFailing(guards().debounce(Duration.ofMillis(100)));
    source.list("a:1");
    source.list("a:1", "b:1");
    failing.failNext(1);
    clock.advance(Duration.ofMillis(100));
    assertTargets("a:1");

    source.list("a:1", "b:1");
    clock.advance(Duration.ofMillis(100));

    assertTargets("a:1", "b:1");
  }

  @Test
  void targetsThatWereToBeClearedAreStillClearedAfterAListenerFailed() {
    startFailing(guards().onError(OnError.CLEAR));
    source.list("a:1");
    failing.failNext(1);
    source.fail("no route");
    assertTargets("a:1");

    clock.advance(Duration.ofSeconds(1));

    assertTargets();
    source.list("a:1");
    assertTargets("a:1");
  }
}
