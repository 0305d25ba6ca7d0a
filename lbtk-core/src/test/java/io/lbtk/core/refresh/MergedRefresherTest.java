package io.lbtk.core.refresh;

import static io.lbtk.core.refresh.SourceRefresher.targets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Refresher.Mode;
import io.lbtk.api.Target;
import io.lbtk.testkit.RecordingListener;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MergedRefresherTest {

  private final SourceRefresher first = new SourceRefresher(Mode.PUSHED);
  private final SourceRefresher second = new SourceRefresher(Mode.POLLED);
  private final MergedRefresher merged = new MergedRefresher(List.of(first, second));
  private final RecordingListener listener = new RecordingListener();

  @AfterEach
  void close() {
    merged.close();
    assertThat(listener.violations()).isEmpty();
  }

  private void assertTargets(String... expected) {
    assertThat(listener.targets()).containsExactlyInAnyOrderElementsOf(targets(expected));
  }

  @Test
  void theFirstThatReportsIsNotHeldUpByTheOthers() {
    merged.start(listener);

    second.list("b:1", "c:1");
    assertThat(listener.reports()).containsExactly(Refresh.snapshot(targets("b:1", "c:1")));
    first.list("a:1", "c:1");

    assertThat(listener.reports().get(1)).isEqualTo(Refresh.delta(targets("a:1"), Set.of()));
  }

  @Test
  void theFirstInTheListWins() {
    merged.start(listener);

    second.list("a:1 weight=2");
    first.list("a:1 weight=1");
    assertTargets("a:1 weight=1");
    second.list("a:1 weight=3");
    assertTargets("a:1 weight=1");
    first.list("b:1");

    assertTargets("a:1 weight=3", "b:1");
  }

  @Test
  void aTargetIsGoneWhenItIsGoneFromAll() {
    merged.start(listener);
    first.list("a:1", "b:1");
    second.list("a:1", "c:1");

    first.remove("a:1");
    assertTargets("a:1", "b:1", "c:1");
    second.list("c:1");

    assertTargets("b:1", "c:1");
    assertThat(listener.reports().get(listener.reports().size() - 1))
        .isEqualTo(Refresh.delta(List.of(), Set.of("a:1")));
  }

  @Test
  void aListAfterTheFirstBecomesADelta() {
    merged.start(listener);
    first.list("a:1", "b:1");

    first.list("b:1 weight=2", "c:1");

    assertThat(listener.reports().get(1))
        .isEqualTo(Refresh.delta(targets("b:1 weight=2", "c:1"), Set.of("a:1")));
  }

  @Test
  void whatIsInBothHalvesOfADeltaIsAdded() {
    merged.start(listener);
    first.list("a:1");

    first.report(Refresh.delta(targets("a:1 weight=2"), Set.of("a:1", "unknown:1")));

    assertTargets("a:1 weight=2");
  }

  @Test
  void whatChangesNothingIsNotReported() {
    merged.start(listener);
    first.list("a:1");
    second.list("a:1");

    first.list("a:1");
    second.remove("a:1");

    assertThat(listener.reports()).hasSize(1);
  }

  @Test
  void theFailureOfOneIsPassedOnAndChangesNothing() {
    merged.start(listener);
    first.list("a:1");

    second.fail("no route");

    assertTargets("a:1");
    assertThat(listener.failures())
        .containsExactly(new Refresh.Failure("no route", Optional.empty()));
  }

  @Test
  void reportsFromSeveralThreadsAreSerialAndNoneIsLost() throws Exception {
    merged.start(listener);
    first.list();
    CompletableFuture<Void> one =
        CompletableFuture.runAsync(
            () -> IntStream.range(0, 500).forEach(i -> first.add("a" + i + ":1")));
    CompletableFuture<Void> two =
        CompletableFuture.runAsync(
            () -> IntStream.range(0, 500).forEach(i -> second.list("b" + i + ":1")));

    CompletableFuture.allOf(one, two).get(30, TimeUnit.SECONDS);

    assertThat(listener.hostPorts()).hasSize(501).contains("b499:1", "a0:1", "a499:1");
  }

  @Test
  void closeClosesAllAndNothingComesAfterIt() {
    merged.start(listener);
    first.list("a:1");

    merged.close();
    listener.closed();
    merged.close();

    assertThat(first.isClosed()).isTrue();
    assertThat(second.isClosed()).isTrue();
    assertThatThrownBy(() -> merged.start(listener)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aListenerThatClosesAtTheFirstReportStartsNoOther() {
    SourceRefresher never = new SourceRefresher(Mode.PUSHED);
    MergedRefresher both = new MergedRefresher(List.of(new EagerRefresher(targets("a:1")), never));

    both.start(report -> both.close());

    assertThat(never.isClosed()).isTrue();
  }

  /** Reports before its start returns. */
  private record EagerRefresher(List<Target> targets) implements Refresher {
    @Override
    public void start(RefreshListener listener) {
      listener.onRefresh(Refresh.snapshot(targets));
    }

    @Override
    public void close() {}
  }

  @Test
  void itsSetsNeedNoConfirmationIfThoseOfItsInputsDoNot() {
    assertThat(merged.mode()).isEqualTo(Mode.PUSHED);
    assertThat(new MergedRefresher(List.of(new SourceRefresher(Mode.STATED))).mode())
        .isEqualTo(Mode.STATED);
  }

  @Test
  void nothingToMergeIsRefused() {
    assertThatThrownBy(() -> new MergedRefresher(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatTheListenerDidNotTakeOverComesWithTheNextReport() {
    FailingListener failing = new FailingListener(listener);
    merged.start(failing);
    first.list("a:1");
    failing.failNext(1);
    assertThatThrownBy(() -> second.list("b:1")).isInstanceOf(NoClassDefFoundError.class);

    second.list("b:1");

    assertTargets("a:1", "b:1");
    first.add("c:1");
    assertThat(listener.reports().get(2)).isEqualTo(Refresh.delta(targets("c:1"), Set.of()));
  }
}
