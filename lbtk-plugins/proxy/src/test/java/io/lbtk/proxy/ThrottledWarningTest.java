package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Target;
import io.lbtk.net.ThrottledWarning;
import io.lbtk.proxy.token.TargetTroubles;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ThrottledWarningTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final RecordedLog log = new RecordedLog(ThrottledWarningTest.class);
  private final ThrottledWarning trouble =
      new ThrottledWarning(
          LoggerFactory.getLogger(ThrottledWarningTest.class), "proxy.a", "all is well again");

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void itIsSaidOnce() {
    for (int i = 0; i < 1000; i++) {
      trouble.failed("no token", i);
    }

    assertThat(log.lines()).containsExactly("proxy.a: no token");
  }

  @Test
  void itIsSaidAgainEachMinuteWithTheCount() {
    for (int i = 0; i <= 60; i++) {
      trouble.failed("no token", i * SECOND);
    }

    assertThat(log.lines())
        .containsExactly(
            "proxy.a: no token", "proxy.a: no token (59 times more since the last line of this)");
  }

  @Test
  void anotherReasonIsSaid() {
    trouble.failed("no target", 0);
    trouble.failed("no token", 2 * SECOND);

    assertThat(log.lines()).containsExactly("proxy.a: no target", "proxy.a: no token");
  }

  @Test
  void reasonsThatTakeTurnsAreOneTrouble() {
    for (int i = 0; i < 100; i++) {
      trouble.failed(i % 2 == 0 ? "no target" : "no token", i);
    }

    assertThat(log.lines()).hasSize(1);
  }

  @Test
  void reasonsThatTakeTurnsSlowlyAreSaidOnceAMinuteEach() {
    for (int i = 0; i < 60; i++) {
      trouble.failed(i % 2 == 0 ? "no target" : "no token", 2L * i * SECOND);
    }

    assertThat(log.lines()).hasSize(4);
  }

  @Test
  void reasonsWithoutEndDoNotFillTheLog() {
    for (int i = 0; i < 59; i++) {
      trouble.failed("reason " + i, i * SECOND);
    }

    assertThat(log.lines()).hasSize(8);
  }

  @Test
  void whatComesAndGoesIsNotOver() {
    for (int i = 0; i < 100; i++) {
      trouble.failed("no token", i);
      assertThat(trouble.recovered(i)).isFalse();
    }

    assertThat(log.lines()).hasSize(1);
  }

  @Test
  void itIsOverWhenItWentWellForAWhile() {
    trouble.failed("no token", 0);

    assertThat(trouble.recovered(6 * SECOND)).isTrue();
    trouble.failed("no token", 7 * SECOND);

    assertThat(log.lines()).containsExactly("proxy.a: no token", "proxy.a: no token");
  }

  @Test
  void howOftenItHappenedIsSaidWhenItIsOver() {
    for (int i = 0; i < 412; i++) {
      trouble.failed("no token", i);
    }
    trouble.recovered(6 * SECOND);
    trouble.failed("no token", 7 * SECOND);
    trouble.recovered(13 * SECOND);

    assertThat(log.allLines())
        .containsExactly(
            "proxy.a: no token",
            "proxy.a: all is well again (412 times in all)",
            "proxy.a: no token",
            "proxy.a: all is well again");
  }

  @Test
  void thousandsOfTargetsDoNotFillTheLogNorTheMemory() {
    TargetTroubles targets =
        new TargetTroubles(
            LoggerFactory.getLogger(ThrottledWarningTest.class), "proxy.a", "can be reached again");
    for (int i = 0; i < 5000; i++) {
      targets.failed("10.0.0.1:" + i, "refused", 0);
    }
    assertThat(log.lines()).hasSize(1000);

    targets.connected(Target.of("10.0.0.1", 5), 10 * SECOND);
    targets.failed("10.0.0.1:6000", "refused", 10 * SECOND);

    assertThat(log.lines()).hasSize(1001);
  }
}
