package io.lbtk.tokenport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.tokenport.protocol.LeaseException;
import org.junit.jupiter.api.Test;

class HeldTokensTest {

  private static final Target TARGET = Target.of("10.0.0.1", 80);

  private final FakeTokenSource source = new FakeTokenSource();
  private final HeldTokens held = new HeldTokens(source, 12 * 512);

  private void refused(int before) {
    assertThatThrownBy(() -> held.hold(TARGET, before)).isInstanceOf(LeaseException.class);
  }

  private void hold(int before, int count) {
    for (int i = 0; i < count; i++) {
      held.hold(TARGET, before + i);
    }
  }

  @Test
  void aPeerHoldsNoMoreThanItLeavesToOthers() {
    hold(0, 6);

    assertThatThrownBy(() -> held.hold(TARGET, 6))
        .isInstanceOf(LeaseException.class)
        .hasMessageContaining("this peer holds 6 connections, and there is room for 6 more");
    assertThat(source.held()).hasSize(6);
  }

  @Test
  void thereIsRoomForEachNextPeer() {
    hold(0, 6);
    hold(0, 3);
    refused(3);
    hold(0, 2);
    refused(2);
    hold(0, 1);
    refused(0);
    assertThat(source.held()).hasSize(12);
  }

  @Test
  void whatIsReleasedMakesRoomOnce() {
    Token first = held.hold(TARGET, 0);
    hold(1, 5);
    refused(6);

    first.release(Outcome.closed());
    first.release(Outcome.closed());

    hold(5, 1);
    refused(6);
    assertThat(source.repeatedReleases()).isZero();
  }
}
