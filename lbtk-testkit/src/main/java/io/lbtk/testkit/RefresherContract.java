package io.lbtk.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The contract of every {@link Refresher}. Extend this class, and implement how targets are put
 * into the source:
 *
 * <pre>{@code
 * class LinesRefresherTest extends RefresherContract {
 *   @TempDir Path dir;
 *   private final ManualClock clock = new ManualClock();
 *
 *   @Override
 *   protected Refresher newRefresher() {
 *     return new LinesRefresher(dir.resolve("targets"), clock);
 *   }
 *
 *   @Override
 *   protected void setSource(List<Target> targets) throws IOException {
 *     Files.write(dir.resolve("targets"), targets.stream().map(Target::toString).toList());
 *   }
 *
 *   @Override
 *   protected void breakSource() throws IOException {
 *     Files.delete(dir.resolve("targets"));
 *   }
 *
 *   @Override
 *   protected void tick() {
 *     clock.advance(LinesRefresher.INTERVAL);
 *   }
 * }
 * }</pre>
 *
 * <p>Declare missing features by {@link #supports}; their tests are then skipped.
 */
public abstract class RefresherContract {

  /** The optional features of sources. */
  public enum Feature {
    /** The source can change after the start. */
    CHANGES,
    /** The source can be without a target, on purpose. */
    EMPTY,
    /** The source knows weights. */
    WEIGHTS,
    /** The source knows priorities and attributes. */
    ATTRIBUTES,
    /** The source can break, and be whole again: {@link RefresherContract#breakSource}. */
    FAILURES,
    /** Two refreshers can read the source at the same time. */
    SHARED_SOURCE
  }

  private static final Target A = Target.of("10.0.0.1", 8001);
  private static final Target B = Target.of("10.0.0.2", 8002);
  private static final Target C = Target.of("10.0.0.3", 8003);

  @RegisterExtension final TimeLimit limit = new TimeLimit(RefresherContract.class, this::timeout);

  private final List<Refresher> refreshers = new ArrayList<>();

  /** Creates the contract. */
  protected RefresherContract() {}

  /** Creates a refresher of the source without starting it. The contract closes it. */
  protected abstract Refresher newRefresher() throws Exception;

  /**
   * Replaces the targets of the source by these, in one step. Called before a refresher is made and
   * while it runs, from one thread at a time; a source that was broken is whole again.
   */
  protected abstract void setSource(List<Target> targets) throws Exception;

  /** Makes the source impossible to read, so that a failure is due. */
  protected void breakSource() throws Exception {
    throw new UnsupportedOperationException("override breakSource, or supports(FAILURES)");
  }

  /**
   * Lets a refresher that uses a clock of the test read its source. Called repeatedly while the
   * contract waits. Does nothing by default.
   */
  protected void tick() throws Exception {}

  /** Returns whether the source has this feature; all by default. */
  protected boolean supports(Feature feature) {
    return true;
  }

  /**
   * Returns the number of targets of a large source; 10,000 by default, fewer if the source cannot
   * hold them.
   */
  protected int most() {
    return 10_000;
  }

  /** Returns the time to wait before a test fails: 30 seconds by default. */
  protected Duration timeout() {
    return Duration.ofSeconds(30);
  }

  /** Closes what the test left open. */
  @AfterEach
  final void closeRefreshers() {
    refreshers.forEach(Refresher::close);
  }

  @Test
  final void theFirstReportIsASnapshotOfTheWholeSource() throws Exception {
    RecordingListener listener = started(A, B);

    assertThat(listener.reports().get(0)).isInstanceOf(Refresh.Snapshot.class);
    assertThat(listener.targets()).containsExactlyInAnyOrder(A, B);
  }

  @Test
  final void aLargeSourceIsReportedWhole() throws Exception {
    Target[] many =
        IntStream.range(0, most())
            .mapToObj(i -> Target.of("10.1.%d.%d".formatted(i / 250, i % 250), 80))
            .toArray(Target[]::new);

    assertThat(started(many).targets()).containsExactlyInAnyOrder(many);
  }

  @Test
  final void weightsAreReported() throws Exception {
    assume(Feature.WEIGHTS);
    Target heavy = A.withWeight(Target.MAX_WEIGHT);
    Target none = B.withWeight(0);

    assertThat(started(heavy, none, C).targets()).containsExactlyInAnyOrder(heavy, none, C);
  }

  @Test
  final void prioritiesAndAttributesAreReported() throws Exception {
    assume(Feature.ATTRIBUTES);
    Target rich = A.withPriority(7).withAttributes(Map.of("zone", "b", "max-connections", "9"));

    assertThat(started(rich, B).targets()).containsExactlyInAnyOrder(rich, B);
  }

  @Test
  final void anEmptySourceIsReportedAsAnEmptySnapshot() throws Exception {
    assume(Feature.EMPTY);
    RecordingListener listener = started();

    assertThat(listener.reports().get(0)).isEqualTo(Refresh.snapshot(List.of()));
  }

  @Test
  final void anAddedTargetIsReported() throws Exception {
    assume(Feature.CHANGES);
    RecordingListener listener = started(A);

    setSource(List.of(A, B));

    awaitTargets(listener, A, B);
  }

  @Test
  final void aRemovedTargetIsReported() throws Exception {
    assume(Feature.CHANGES);
    RecordingListener listener = started(A, B, C);

    setSource(List.of(A, C));

    awaitTargets(listener, A, C);
  }

  @Test
  final void aSetThatSharesNothingWithTheLastIsReported() throws Exception {
    assume(Feature.CHANGES);
    RecordingListener listener = started(A, B);

    setSource(List.of(C));

    awaitTargets(listener, C);
  }

  @Test
  final void aChangedWeightIsReported() throws Exception {
    assume(Feature.CHANGES);
    assume(Feature.WEIGHTS);
    RecordingListener listener = started(A.withWeight(2), B);

    setSource(List.of(A.withWeight(3), B));

    awaitTargets(listener, A.withWeight(3), B);
  }

  @Test
  final void aChangedAttributeIsReported() throws Exception {
    assume(Feature.CHANGES);
    assume(Feature.ATTRIBUTES);
    RecordingListener listener = started(A.withAttributes(Map.of("zone", "b")), B);
    Target changed = A.withAttributes(Map.of("zone", "c"));

    setSource(List.of(changed, B));

    awaitTargets(listener, changed, B);
  }

  @Test
  final void aSourceThatBecomesEmptyIsReported() throws Exception {
    assume(Feature.CHANGES);
    assume(Feature.EMPTY);
    RecordingListener listener = started(A, B);

    setSource(List.of());

    awaitTargets(listener);
  }

  @Test
  final void aPollingRefresherReportsEveryReadThatFoundNothing() throws Exception {
    assume(Feature.CHANGES);
    assume(Feature.EMPTY);
    RecordingListener listener = started(A);
    assumeTrue(refreshers.get(0).mode() == Refresher.Mode.POLLED, "polls");

    setSource(List.of());

    eventually("three empty sets", () -> emptySets(listener) >= 3);
  }

  @Test
  final void aPollingRefresherReportsFurtherReadsThatSayTheSame() throws Exception {
    assume(Feature.CHANGES);
    RecordingListener listener = started(A, B, C);
    assumeTrue(refreshers.get(0).mode() == Refresher.Mode.POLLED, "polls");

    setSource(List.of(A));

    eventually(
        "three sets of one target",
        () -> states(listener).stream().filter(List.of(A)::equals).count() >= 3);
  }

  @Test
  final void anUnchangedSourceGivesNoNewSet() throws Exception {
    assume(Feature.CHANGES);
    RecordingListener listener = started(A, B);

    for (int i = 0; i < 5; i++) {
      setSource(List.of(A, B));
      tick();
    }
    setSource(List.of(A, B, C));
    awaitTargets(listener, A, B, C);

    boolean polls = refreshers.get(0).mode() == Refresher.Mode.POLLED;
    assertThat(polls ? withoutRepeats(states(listener)) : states(listener))
        .as("sets that differ, in order")
        .doesNotHaveDuplicates();
  }

  @Test
  final void changesAreReportedInOrderAndTheLastIsNeverLost() throws Exception {
    assume(Feature.CHANGES);
    RecordingListener listener = started(numbered(0));

    int number = 0;
    for (int burst = 1; burst <= 16; burst++) {
      for (int i = 0; i < burst; i++) {
        setSource(List.of(numbered(++number)));
        tick();
      }
      awaitTargets(listener, numbered(number));
    }

    assertThat(states(listener))
        .as("the number of each set")
        .allSatisfy(set -> assertThat(set).hasSize(1))
        .extracting(set -> set.get(0).port())
        .isSorted();
  }

  @Test
  final void reportsAreSerial() throws Exception {
    assume(Feature.CHANGES);
    RecordingListener listener = new RecordingListener(timeout());
    AtomicBoolean first = new AtomicBoolean(true);
    AtomicInteger inside = new AtomicInteger();
    CountDownLatch overlap = new CountDownLatch(1);
    CompletableFuture<Void> changed = new CompletableFuture<>();
    RefreshListener slow =
        refresh -> {
          if (inside.incrementAndGet() > 1) {
            overlap.countDown();
          }
          listener.onRefresh(refresh);
          if (first.getAndSet(false)) {
            background(changed, () -> setSource(List.of(B)));
            // A refresher that keeps to the rules is never seen by this: it costs some time only.
            awaitQuietly(overlap);
          }
          inside.decrementAndGet();
        };

    setSource(List.of(A));
    open().start(slow);
    eventually("the first report", () -> listener.sets() > 0);
    changed.get(timeout().toMillis(), TimeUnit.MILLISECONDS);
    awaitTargets(listener, B);

    assertThat(overlap.getCount()).as("no report came while another was under way").isOne();
  }

  @Test
  final void nothingIsReportedAfterClose() throws Exception {
    assume(Feature.CHANGES);
    RecordingListener listener = started(A);

    refreshers.get(0).close();
    listener.closed();
    setSource(List.of(A, B));
    tick();
    awaitAnotherSees(A, B);

    assertThat(listener.violations()).isEmpty();
  }

  @Test
  final void nothingIsReportedAfterACloseInTheMidstOfChanges() throws Exception {
    assume(Feature.CHANGES);
    RecordingListener listener = started(numbered(0));
    AtomicInteger number = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> changes = new CompletableFuture<>();
    background(
        changes,
        () -> {
          while (!stop.get()) {
            setSource(List.of(numbered(number.incrementAndGet())));
            tick();
          }
        });
    quickly().until(() -> listener.sets() > 3 || changes.isDone());

    refreshers.get(0).close();
    listener.closed();
    int atClose = number.get();
    quickly().until(() -> number.get() > atClose + 3 || changes.isDone());
    stop.set(true);
    changes.get(timeout().toMillis(), TimeUnit.MILLISECONDS);
    awaitAnotherSees(numbered(number.get()));

    assertThat(listener.violations()).isEmpty();
  }

  @Test
  final void itsListenerCanCloseIt() throws Exception {
    RecordingListener listener = new RecordingListener(timeout());
    CompletableFuture<Void> closed = new CompletableFuture<>();
    setSource(List.of(A));
    Refresher refresher = open();

    refresher.start(
        refresh -> {
          listener.onRefresh(refresh);
          refresher.close();
          listener.closed();
          closed.complete(null);
        });

    eventually("close returned", closed::isDone);
    if (supports(Feature.CHANGES)) {
      setSource(List.of(B));
    }
    tick();
    assertThat(listener.violations()).isEmpty();
  }

  @Test
  final void aSecondCloseDoesNothing() throws Exception {
    started(A);

    refreshers.get(0).close();

    assertThatCode(refreshers.get(0)::close).doesNotThrowAnyException();
  }

  @Test
  final void oneThatWasNeverStartedCanBeClosed() throws Exception {
    setSource(List.of(A));

    assertThatCode(open()::close).doesNotThrowAnyException();
  }

  @Test
  final void aSecondStartIsAnIllegalState() throws Exception {
    RecordingListener listener = started(A);

    assertThatThrownBy(() -> refreshers.get(0).start(new RecordingListener()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(listener.violations()).isEmpty();
  }

  @Test
  final void aStartAfterCloseIsAnIllegalState() throws Exception {
    setSource(List.of(A));
    Refresher refresher = open();
    refresher.close();

    assertThatThrownBy(() -> refresher.start(new RecordingListener()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  final void aFailureIsReportedAndTheSetStays() throws Exception {
    assume(Feature.FAILURES);
    RecordingListener listener = started(A, B);

    breakSource();
    awaitFailure(listener);

    assertThat(listener.failures().get(0).message()).isNotBlank();
    assertThat(listener.targets()).containsExactlyInAnyOrder(A, B);
  }

  @Test
  final void aFailureDoesNotEndIt() throws Exception {
    assume(Feature.FAILURES);
    RecordingListener listener = started(A);
    breakSource();
    awaitFailure(listener);

    setSource(List.of(B, C));

    awaitTargets(listener, B, C);
  }

  @Test
  final void theFirstSetAfterAFailureIsReportedThoughNothingChanged() throws Exception {
    assume(Feature.FAILURES);
    RecordingListener listener = started(A, B);
    breakSource();
    awaitFailure(listener);
    int before = listener.sets();

    setSource(List.of(A, B));

    eventually("the set again", () -> listener.sets() > before);
    awaitTargets(listener, A, B);
  }

  @Test
  final void aSourceThatIsBrokenAtTheStartIsReportedNotThrown() throws Exception {
    assume(Feature.FAILURES);
    setSource(List.of(A));
    breakSource();

    RecordingListener listener = start();
    awaitFailure(listener);
    assertThat(listener.sets()).as("sets of a source that cannot be read").isZero();
    setSource(List.of(A, B));

    awaitTargets(listener, A, B);
  }

  private void assume(Feature feature) {
    assumeTrue(supports(feature), () -> "the source can do " + feature);
  }

  /** A target that tells the number of its set. */
  private static Target numbered(int number) {
    return Target.of("10.0.0.9", 1000 + number % 60_000);
  }

  private Refresher open() throws Exception {
    Refresher refresher = newRefresher();
    refreshers.add(refresher);
    return refresher;
  }

  /** A listener of a new refresher that has reported these targets. */
  final RecordingListener started(Target... targets) throws Exception {
    setSource(List.of(targets));
    RecordingListener listener = start();
    awaitTargets(listener, targets);
    return listener;
  }

  /** A listener of a new refresher. */
  final RecordingListener start() throws Exception {
    RecordingListener listener = new RecordingListener(timeout());
    open().start(listener);
    return listener;
  }

  final void awaitFailure(RecordingListener listener) {
    eventually("a failure", () -> !listener.failures().isEmpty());
  }

  /** Lets this much time pass. */
  final void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await()
        .atMost(time.plus(timeout()))
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              tick();
              return System.nanoTime() - end >= 0;
            });
  }

  final void awaitTargets(RecordingListener listener, Target... targets) {
    Set<Target> wanted = Set.of(targets);
    eventually(
        "targets " + brief(List.of(targets)),
        () -> {
          assertThat(listener.violations()).isEmpty();
          return listener.sets() > 0 && Set.copyOf(listener.targets()).equals(wanted);
        });
  }

  /** Once another refresher has seen the source as it is now, a closed one would have too. */
  private void awaitAnotherSees(Target... targets) throws Exception {
    if (supports(Feature.SHARED_SOURCE)) {
      RecordingListener other = new RecordingListener(timeout());
      open().start(other);
      awaitTargets(other, targets);
    }
    tick();
  }

  private static String brief(List<Target> targets) {
    return targets.size() <= 5 ? targets.toString() : targets.size() + " of them";
  }

  private void eventually(String what, Callable<Boolean> condition) {
    quickly()
        .alias(what)
        .until(
            () -> {
              tick();
              return condition.call();
            });
  }

  private ConditionFactory quickly() {
    return await()
        .atMost(timeout())
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2));
  }

  private static long emptySets(RecordingListener listener) {
    return listener.reports().stream().filter(Refresh.snapshot(List.of())::equals).count();
  }

  /** The set after each report that is not a failure. */
  static List<List<Target>> states(RecordingListener listener) {
    RecordingListener replay = new RecordingListener();
    List<List<Target>> states = new ArrayList<>();
    for (Refresh report : listener.reports()) {
      replay.onRefresh(report);
      if (!(report instanceof Refresh.Failure)) {
        states.add(replay.targets());
      }
    }
    return states;
  }

  /** Returns whether a report is a repetition, which a refresher that polls may send. */
  private static List<List<Target>> withoutRepeats(List<List<Target>> states) {
    List<List<Target>> different = new ArrayList<>();
    for (List<Target> state : states) {
      if (different.isEmpty() || !different.get(different.size() - 1).equals(state)) {
        different.add(state);
      }
    }
    return different;
  }

  private void awaitQuietly(CountDownLatch latch) {
    try {
      var unused = latch.await(Math.min(1000, timeout().toMillis()), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void background(CompletableFuture<Void> done, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
                done.complete(null);
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            },
            "refresher contract");
    thread.setDaemon(true);
    thread.start();
  }

  @FunctionalInterface
  private interface Task {
    void run() throws Exception;
  }
}
