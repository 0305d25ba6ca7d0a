package io.lbtk.netty.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class PaceQueueTest {

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
