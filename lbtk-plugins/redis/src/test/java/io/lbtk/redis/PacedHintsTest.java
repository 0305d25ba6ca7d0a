package io.lbtk.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PacedHintsTest {

  private final AtomicInteger passed = new AtomicInteger();
  private final RedisSource.PacedHints hints = new RedisSource.PacedHints(passed::incrementAndGet);

  private void read(Duration length) {
    hints.readSince(System.nanoTime() - length.toNanos());
  }

  @Test
  void hintsArePassedOnAtOnceWhileReadsAreShort() {
    for (int i = 0; i < 10; i++) {
      hints.hint();
      read(Duration.ofMillis(20));
    }

    assertThat(passed).hasValue(10);
  }

  @Test
  void whatIsHintedAtAfterLongReadsIsPassedOnOnceAndLater() {
    read(Duration.ofMillis(1500));

    hints.hint();
    hints.hint();

    assertThat(passed).hasValue(0);
    await().until(() -> passed.get() == 1);
    hints.hint();
    assertThat(passed).hasValue(2);
  }
}
