package io.lbtk.tokenport.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionLogTest {

  private final ConnectionLog log = new ConnectionLog("tcp://port");

  @Test
  void aConnectionIsLoggedWhenItIsMade() {
    try (CapturedLog captured = new CapturedLog()) {
      log.up();
      log.stable();

      assertThat(captured.lines()).containsExactly("INFO tcp://port: connected");
    }
  }

  @Test
  void aConnectionThatIsLoggedLateIsLoggedWithTheTimeItHasHeld() {
    log.up();
    log.lost("closed", Duration.ofSeconds(1));
    try (CapturedLog captured = new CapturedLog()) {
      log.up();
      assertThat(captured.lines()).isEmpty();

      log.stable();

      assertThat(captured.lines()).containsExactly("INFO tcp://port: connected for 5 s now");
    }
  }
}
