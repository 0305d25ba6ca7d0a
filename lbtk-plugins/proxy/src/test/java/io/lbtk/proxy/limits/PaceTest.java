package io.lbtk.proxy.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class PaceTest {

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;

  @ParameterizedTest
  @ValueSource(longs = {1024, 100_000, 10_000_000, 10_000_000_000L})
  void theAverageIsTheRateHoweverLateATimerIs(long rate) {
    Random random = new Random(1);
    Pace pace = new Pace(rate, 0);
    int read = Pace.read(rate);
    long bytes = 0;
    long now = 0;

    while (now < 20 * SECOND) {
      long rest = pace.restNanos(now);
      if (rest > 0) {
        now += rest + random.nextLong(20 * MILLI);
      } else {
        bytes += read;
        pace.spent(read, now);
      }
    }

    assertThat(bytes).isCloseTo(20 * rate, Percentage.withPercentage(6));
  }

  @Test
  void whatWasNotUsedForLongIsNotCaughtUp() {
    Pace pace = new Pace(1_000_000, 0);

    pace.spent(50_000, 60 * SECOND);

    assertThat(pace.restNanos(60 * SECOND)).isZero();
    pace.spent(1000, 60 * SECOND);
    assertThat(pace.restNanos(60 * SECOND)).isEqualTo(MILLI);
  }

  @Test
  void whatIsTakenBackIsNotWaitedFor() {
    Pace pace = new Pace(1_000_000, 0);
    pace.spent(3000, 0);

    pace.spent(-1000, 0);

    assertThat(pace.restNanos(0)).isEqualTo(2 * MILLI);
  }

  @Test
  void readsAreNeitherVerySmallNorVeryLarge() {
    assertThat(Pace.read(2000)).isEqualTo(1024);
    assertThat(Pace.read(1_000_000)).isCloseTo(10_000, within(1));
    assertThat(Pace.read(10_000_000_000L)).isEqualTo(64 * 1024);
  }
}
