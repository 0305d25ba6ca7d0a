package io.lbtk.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WatchBackoffTest {

  private final ManualClock clock = new ManualClock();
  private final WatchBackoff backoff = new WatchBackoff(2, clock);

  @Test
  void theFirstWatchIsNotDelayed() {
    assertThat(backoff.isDelaying()).isFalse();
    assertThat(backoff.delay()).isZero();
  }

  @Test
  void oneUselessWatchDelaysNothing() {
    backoff.opened();
    backoff.useless();

    assertThat(backoff.delay()).isZero();
  }

  @Test
  void theLimitOfUselessWatchesDelaysTheNextFromTheLastOneOn() {
    backoff.useless();
    backoff.opened();
    backoff.useless();
    clock.advance(Duration.ofSeconds(2));

    assertThat(backoff.isDelaying()).isTrue();
    assertThat(backoff.delay()).isEqualTo(Duration.ofSeconds(3));
    clock.advance(Duration.ofSeconds(3));
    assertThat(backoff.delay()).isZero();
  }

  @Test
  void anotherUselessWatchAfterTheDelayDelaysAgain() {
    backoff.useless();
    backoff.useless();
    clock.advance(Duration.ofMinutes(1));
    backoff.opened();
    backoff.useless();

    assertThat(backoff.delay()).isEqualTo(WatchBackoff.DELAY);
  }

  @Test
  void oneUsefulWatchEndsTheDelay() {
    backoff.useless();
    backoff.useless();
    backoff.opened();
    backoff.useful();

    assertThat(backoff.isDelaying()).isFalse();
    assertThat(backoff.delay()).isZero();
  }

  @Test
  void aWatchIsLastingAfterASecond() {
    backoff.opened();
    assertThat(backoff.isLasting()).isFalse();
    clock.advance(Duration.ofSeconds(1));
    assertThat(backoff.isLasting()).isTrue();
  }
}
