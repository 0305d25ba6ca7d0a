package io.lbtk.netty.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.netty.lease.LeaseException;
import io.lbtk.testkit.FakeTokenSource;
import org.junit.jupiter.api.Test;

class HeldTokensTest {

  private static final Target TARGET = Target.of("10.0.0.1", 80);

  private final FakeTokenSource source = new FakeTokenSource();
  private final HeldTokens held = new HeldTokens(source, 2 * 512);

  @Test
  void moreThanTheHeapHasRoomForAreRefused() {
    held.hold(TARGET);
    held.hold(TARGET);

    assertThatThrownBy(() -> held.hold(TARGET))
        .isInstanceOf(LeaseException.class)
        .hasMessageContaining("hold 2 connections");
    assertThat(source.held()).hasSize(2);
  }

  @Test
  void whatIsReleasedMakesRoomOnce() {
    Token first = held.hold(TARGET);
    held.hold(TARGET);

    first.release(Outcome.closed());
    first.release(Outcome.closed());

    held.hold(TARGET);
    assertThatThrownBy(() -> held.hold(TARGET)).isInstanceOf(LeaseException.class);
    assertThat(source.repeatedReleases()).isZero();
  }
}
