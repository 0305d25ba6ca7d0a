package io.lbtk.core.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher.Mode;
import io.lbtk.api.Target;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.RecordingListener;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolledRefresherTest {

  private static final Duration INTERVAL = Duration.ofSeconds(60);
  private static final Refresh TARGETS = Refresh.snapshot(List.of(Target.of("10.0.0.1", 80)));

  private final ManualClock clock = new ManualClock();
  private final RecordingListener listener = new RecordingListener();

  private Source started(Mode mode) {
    Source source = new Source(mode);
    new Builder(source).scheduler(clock).ticker(clock).interval(INTERVAL).build().start(listener);
    clock.runDue();
    assertThat(source.reads).isOne();
    return source;
  }

  @Test
  void aSourceIsReadAfterEachInterval() {
    Source source = started(Mode.POLLED);

    clock.advance(INTERVAL.multipliedBy(3));

    assertThat(source.reads).isEqualTo(4);
  }

  @Test
  void aSourceMayWantToBeReadSooner() {
    Source source = started(Mode.PUSHED);
    source.next = Duration.ofSeconds(1);
    clock.advance(INTERVAL);
    source.reads = 0;

    clock.advance(Duration.ofSeconds(10));

    assertThat(source.reads).isEqualTo(10);
  }

  @Test
  void aHintIsFollowedByARead() {
    Source source = started(Mode.PUSHED);
    clock.advance(Duration.ofSeconds(1));

    source.changed.run();
    clock.runDue();

    assertThat(source.reads).isEqualTo(2);
  }

  @Test
  void hintsThatComeInABurstAreFollowedByFewReads() {
    Source source = started(Mode.PUSHED);

    for (int i = 0; i < 1000; i++) {
      source.changed.run();
      clock.advance(Duration.ofMillis(1));
    }

    assertThat(source.reads).isBetween(10, 21);
  }

  @Test
  void aSourceThatIsPolledIsNotAskedMoreOftenWhenItFails() {
    Source source = started(Mode.POLLED);
    source.refresh = Refresh.failure("away");

    clock.advance(INTERVAL.multipliedBy(3));

    assertThat(source.reads).isEqualTo(4);
  }

  @Test
  void aSourceThatFailsIsAskedLessAndLessOftenWhateverItWantsItself() {
    Source source = started(Mode.PUSHED);
    source.refresh = Refresh.failure("away");
    source.next = Duration.ofMillis(1);
    source.changed.run();
    clock.advance(Duration.ofMillis(50));
    source.reads = 0;

    clock.advance(INTERVAL);

    assertThat(source.reads).isBetween(12, 20);
  }

  @Test
  void aSourceThatFailedIsReadAgainSoonerThanAfterTheInterval() {
    Source source = started(Mode.PUSHED);
    source.refresh = Refresh.failure("away");
    source.changed.run();
    clock.advance(Duration.ofSeconds(1));
    assertThat(listener.failures()).isNotEmpty();
    source.refresh = Refresh.snapshot(List.of());

    clock.advance(Duration.ofSeconds(5));

    assertThat(listener.targets()).isEmpty();
  }

  @Test
  void anErrorOfTheSourceIsAFailureAndTheNextReadComes() {
    Source source = started(Mode.POLLED);
    source.error = new NoClassDefFoundError("thrown by the test");
    clock.advance(INTERVAL);
    assertThat(listener.failures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.message()).contains("thrown by the test"));

    source.error = null;
    clock.advance(INTERVAL);

    assertThat(source.reads).isEqualTo(3);
    assertThat(listener.reports()).last().isEqualTo(TARGETS);
  }

  @Test
  void aSourceThatCannotBeWatchedOrDoesNotSayWhenIsReadAtIntervals() {
    Source source = new Source(Mode.PUSHED);
    source.watchError = new NoClassDefFoundError("thrown by the test");
    new Builder(source).scheduler(clock).ticker(clock).interval(INTERVAL).build().start(listener);

    clock.advance(INTERVAL.multipliedBy(3));

    assertThat(source.reads).isEqualTo(4);
    assertThat(listener.targets()).hasSize(1);
  }

  @Test
  void aReportThatWasNotTakenOverIsReportedAgain() {
    Source source = new Source(Mode.PUSHED);
    FailingListener failing = new FailingListener(listener);
    failing.failNext(2);
    new Builder(source).scheduler(clock).ticker(clock).interval(INTERVAL).build().start(failing);

    clock.advance(INTERVAL.multipliedBy(3));

    assertThat(source.reads).isEqualTo(4);
    assertThat(listener.reports()).containsExactly(TARGETS);
  }

  /** Gives what it is told to. */
  private static final class Source implements PolledRefresher.Source {

    private final Mode mode;
    private Refresh refresh = TARGETS;
    private Duration next = INTERVAL;
    private Runnable changed = () -> {};
    private int reads;

    private @Nullable Error error;
    private @Nullable Error watchError;

    Source(Mode mode) {
      this.mode = mode;
    }

    @Override
    public Mode mode() {
      return mode;
    }

    @Override
    public void watch(Runnable changed) {
      this.changed = changed;
      if (watchError != null) {
        throw watchError;
      }
    }

    @Override
    public Refresh read() {
      reads++;
      if (error != null) {
        throw error;
      }
      return refresh;
    }

    @Override
    public Duration next(Duration interval) {
      if (watchError != null) {
        throw watchError;
      }
      return next;
    }

    @Override
    public void close() {}
  }

  private static final class Builder extends PolledRefresher.Builder<Builder> {

    private final Source source;

    Builder(Source source) {
      super("scripted");
      this.source = source;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      return source;
    }
  }
}
