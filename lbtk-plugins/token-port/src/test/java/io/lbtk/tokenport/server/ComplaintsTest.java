package io.lbtk.tokenport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.testkit.ManualClock;
import io.lbtk.tokenport.client.CapturedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ComplaintsTest {

  private final CapturedLog log = new CapturedLog(Complaints.class);
  private final ManualClock clock = new ManualClock();
  private final Complaints complaints = new Complaints(clock);

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void twoPeersThatTakeTurnsAreLoggedOnceEach() {
    for (int i = 0; i < 100; i++) {
      complaints.add("p", "one thing");
      complaints.add("q", "another thing");
    }
    assertThat(log.lines())
        .containsExactly("WARN lease peer p: one thing", "WARN lease peer q: another thing");
  }

  @Test
  void aPeerThatHasAnotherProblemEachTimeDoesNotFillTheLog() {
    for (int i = 0; i < 100; i++) {
      complaints.add("p", "problem " + i);
    }
    assertThat(log.lines()).hasSize(Complaints.MAX_PROBLEMS);
  }

  @Test
  void afterSomeTimeItIsSaidAgainAndHowOftenItHappened() {
    for (int i = 0; i < 100; i++) {
      complaints.add("p", "one thing");
    }
    clock.advance(Complaints.PERIOD);
    complaints.add("p", "one thing");
    complaints.add("q", "another thing");
    assertThat(log.lines())
        .containsExactly(
            "WARN lease peer p: one thing",
            "WARN lease peer p: one thing (99 lines like this were withheld)",
            "WARN lease peer q: another thing");
  }
}
