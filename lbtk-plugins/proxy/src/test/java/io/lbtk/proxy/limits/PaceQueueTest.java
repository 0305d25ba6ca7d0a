package io.lbtk.proxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class PaceQueueTest {

  private static final long RATE = 10_000_000;
  private static final int SECONDS = 5;
  private static final Percentage FIVE_PERCENT = Percentage.withPercentage(5);

  private final ManualClock clock = new ManualClock();
  private final SharedPace pace = new SharedPace(RATE, clock.nanoTime());
  private final PaceQueue loop = new PaceQueue(pace, clock, clock);
  private final PaceQueue otherLoop = new PaceQueue(pace, clock, clock);

  @Test
  void oneAloneGetsAllThereIs() {
    Greedy alone = new Greedy(loop);

    run(List.of(alone));

    assertThat(alone.bytes).isCloseTo(SECONDS * RATE, FIVE_PERCENT);
  }

  @Test
  void thoseWhoWantMoreThanThereIsGetEqualParts() {
    List<Greedy> all = List.of(new Greedy(loop), new Greedy(loop), new Greedy(loop));

    run(all);

    assertThat(all)
        .allSatisfy(one -> assertThat(one.bytes).isCloseTo(SECONDS * RATE / 3, FIVE_PERCENT));
  }

  @Test
  void thePartsAreEqualOverTheLoops() {
    List<Greedy> all =
        List.of(
            new Greedy(loop), new Greedy(otherLoop), new Greedy(otherLoop), new Greedy(otherLoop));

    run(all);

    assertThat(all)
        .allSatisfy(one -> assertThat(one.bytes).isCloseTo(SECONDS * RATE / 4, FIVE_PERCENT));
  }

  @Test
  void whatOneDoesNotUseIsForTheOthersOnWhateverLoop() {
    Modest modest = new Modest(otherLoop, RATE / 10);
    Greedy greedy = new Greedy(loop);

    run(List.of(modest, greedy));

    assertThat(modest.bytes).isCloseTo(SECONDS * RATE / 10, FIVE_PERCENT);
    assertThat(greedy.bytes).isCloseTo(SECONDS * RATE * 9 / 10, FIVE_PERCENT);
  }

  @Test
  void whoWantsLittleDoesNotWaitWhileThereIsRoom() {
    Modest modest = new Modest(loop, RATE / 10);

    run(List.of(modest));

    assertThat(modest.waits).isZero();
  }

  /** A TLS record cannot be read in parts, and is read some time after its turn. */
  @ParameterizedTest
  @CsvSource({
    "1000, 1, 1024",
    "1000, 3, 1024",
    "5000, 1, 1024",
    "5000, 5, 1024",
    "9000, 2, 1024",
    "2000, 5, 16384",
    "5000, 1, 16384",
    "8000, 5, 16384",
    "100000, 5, 16384"
  })
  void aLowLimitIsUsedToTheFull(int rate, int streams, int bytesOfTurn) {
    ManualClock time = new ManualClock();
    SharedPace low = new SharedPace(rate, time.nanoTime());
    List<PaceQueue> loops = List.of(new PaceQueue(low, time, time), new PaceQueue(low, time, time));
    for (boolean late : new boolean[] {false, true}) {
      List<Chunked> all =
          IntStream.range(0, streams)
              .mapToObj(i -> new Chunked(loops.get(i % 2), bytesOfTurn, late))
              .toList();
      // All debts are paid several times over.
      long seconds = 20L * Math.max(1, streams * bytesOfTurn / rate);

      all.forEach(Stream::start);
      for (long tick = 0; tick < seconds * 200; tick++) {
        time.advance(Duration.ofMillis(5));
        all.forEach(Stream::oneMilli);
      }
      all.forEach(Chunked::stop);

      assertThat(all.stream().mapToLong(one -> one.bytes).sum())
          .isCloseTo(seconds * rate, Percentage.withPercentage(7));
    }
  }

  /** It reads less than the limit for an hour, and then all that it can. */
  @Test
  void whatIsReadWhileThereIsRoomIsNoDebtLater() {
    Modest before = new Modest(loop, RATE / 2);
    for (int milli = 0; milli < 60_000; milli++) {
      clock.advance(Duration.ofMillis(1));
      before.oneMilli();
    }
    Greedy greedy = new Greedy(loop);

    run(List.of(greedy));

    assertThat(greedy.bytes).isCloseTo(SECONDS * RATE, FIVE_PERCENT);
  }

  @Test
  void aFailureInATurnTakesNoTurnFromTheOthers() {
    Greedy greedy = new Greedy(loop);
    loop.spent(RATE);
    assertThat(loop.enter(PaceQueueTest::fail)).isFalse();

    run(List.of(greedy));

    assertThat(greedy.bytes).isGreaterThan(RATE);
  }

  private static void fail() {
    throw new AssertionError("a failure for the test");
  }

  @Test
  void oneThatHasEndedIsNotCountedAmongThoseWhoWait() {
    new Greedy(loop).start();

    loop.close();

    assertThat(pace.waiting()).isZero();
  }

  private void run(List<? extends Stream> streams) {
    streams.forEach(Stream::start);
    for (int milli = 0; milli < SECONDS * 1000; milli++) {
      clock.advance(Duration.ofMillis(1));
      streams.forEach(Stream::oneMilli);
    }
  }

  private abstract static class Stream implements PaceQueue.Member {

    final PaceQueue queue;
    long bytes;

    Stream(PaceQueue queue) {
      this.queue = queue;
    }

    void start() {}

    void oneMilli() {}
  }

  /** Reads as soon as it may. */
  private static final class Greedy extends Stream {

    Greedy(PaceQueue queue) {
      super(queue);
    }

    @Override
    void start() {
      if (queue.enter(this)) {
        turn();
      }
    }

    @Override
    public void turn() {
      do {
        bytes += queue.read();
        queue.spent(queue.read());
      } while (queue.enter(this));
    }
  }

  /** Reads a fixed number of bytes in each turn, at once or a little later, as a channel does. */
  private static final class Chunked extends Stream {

    private final int chunk;
    private final boolean late;
    private boolean due;
    private boolean stopped;

    Chunked(PaceQueue queue, int chunk, boolean late) {
      super(queue);
      this.chunk = chunk;
      this.late = late;
    }

    @Override
    void start() {
      if (queue.enter(this)) {
        turn();
      }
    }

    void stop() {
      stopped = true;
    }

    @Override
    void oneMilli() {
      if (due) {
        due = false;
        read();
      }
    }

    @Override
    public void turn() {
      if (stopped) {
        return;
      }
      if (late) {
        due = true;
      } else {
        read();
      }
    }

    private void read() {
      bytes += chunk;
      queue.spent(chunk);
      if (queue.enter(this)) {
        turn();
      }
    }
  }

  /** Reads what has come at a steady rate. */
  private static final class Modest extends Stream {

    private final long perMilli;
    private long there;
    private boolean waiting;
    private int waits;

    Modest(PaceQueue queue, long perSecond) {
      super(queue);
      this.perMilli = perSecond / 1000;
    }

    @Override
    void oneMilli() {
      there += perMilli;
      if (waiting) {
        return;
      }
      if (queue.enter(this)) {
        turn();
      } else {
        waiting = true;
        waits++;
      }
    }

    @Override
    public void turn() {
      waiting = false;
      long read = Math.min(there, queue.read());
      there -= read;
      bytes += read;
      queue.spent(read);
    }
  }
}
