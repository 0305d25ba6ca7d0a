package io.lbtk.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Shortage;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectorTest {

  private final FakeTokenSource tokens = new FakeTokenSource();

  @Test
  void theTokenIsReleasedWithTheBytesWhenTheSocketIsClosed() throws IOException {
    try (EchoBackend echo = new EchoBackend()) {
      tokens.give(echo.target());

      try (Socket socket = Connector.of(tokens).connect(Demand.any())) {
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write('!');
        socket.shutdownOutput();
        assertThat(socket.getInputStream().readAllBytes()).hasSize(6);
        assertThat(tokens.live()).isEqualTo(1);
      }

      Outcome outcome = tokens.awaitReleases(1).get(0).outcome();
      assertThat(outcome.kind()).isEqualTo(Kind.CLOSED);
      assertThat(outcome.bytesUp()).isEqualTo(6);
      assertThat(outcome.bytesDown()).isEqualTo(6);
      assertThat(outcome.connectTime()).isPresent();
      assertThat(outcome.sessionTime()).isPresent();
      assertThat(tokens.repeatedReleases()).isZero();
    }
  }

  @Test
  void aStreamThatIsClosedReleasesTheTokenToo() throws IOException {
    try (EchoBackend echo = new EchoBackend()) {
      tokens.give(echo.target());

      Connector.of(tokens).connect(Demand.any()).getInputStream().close();

      assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
    }
  }

  @Test
  void anotherTargetIsTriedWhereOneRefuses() throws Exception {
    try (ClosedPort closed = new ClosedPort();
        EchoBackend echo = new EchoBackend()) {
      tokens.give(closed.target(), echo.target());

      try (Socket socket = Connector.of(tokens).attempts(2).connect(Demand.any())) {
        assertThat(socket.getPort()).isEqualTo(echo.target().port());
        assertThat(tokens.kinds()).containsExactly(Kind.REFUSED);
        assertThat(tokens.demands().get(1).excluded()).containsExactly(closed.target().hostPort());
      }
    }
  }

  @Test
  void afterTheLastAttemptTheFailureNamesEachTarget() throws Exception {
    try (ClosedPort one = new ClosedPort();
        ClosedPort two = new ClosedPort()) {
      tokens.give(one.target(), two.target());

      assertThatThrownBy(() -> Connector.of(tokens).attempts(2).connect(Demand.any()))
          .isInstanceOf(ConnectException.class)
          .hasMessageStartingWith("no target could be connected to: ")
          .hasMessageContaining(one.target().hostPort())
          .hasMessageContaining(two.target().hostPort());

      assertThat(tokens.kinds()).containsExactly(Kind.REFUSED, Kind.REFUSED);
    }
  }

  @Test
  void aConnectionThatTheTargetResetsIsReleasedAsSuch() throws IOException {
    try (Backend resetting =
        new Backend(
            socket -> {
              socket.getInputStream().read();
              Backend.reset(socket);
            })) {
      tokens.give(resetting.target());

      try (Socket socket = Connector.of(tokens).connect(Demand.any())) {
        socket.getOutputStream().write(1);
        assertThat(catchThrowable(() -> socket.getInputStream().read()))
            .isInstanceOf(SocketException.class);
      }

      assertThat(tokens.kinds()).containsExactly(Kind.RESET);
    }
  }

  @Test
  void withoutAnyTokenTheReasonIsThatOfTheSource() {
    tokens.close();

    assertThatThrownBy(() -> Connector.of(tokens).connect(Demand.any()))
        .isInstanceOfSatisfying(
            NoTokenException.class, e -> assertThat(e.shortage()).isEqualTo(Shortage.CLOSED));
  }

  @Test
  void anInterruptWithdrawsTheDemandAndStaysSet() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> Connector.of(tokens).connect(Demand.any()))
          .isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(tokens.waiting()).isZero();
  }

  @Test
  void impossibleSettingsAreRefused() {
    Connector connector = Connector.of(tokens);
    assertThatThrownBy(() -> connector.attempts(0)).hasMessage("attempts 0 (expected: 1 to 16)");
    assertThatThrownBy(() -> connector.timeout(Duration.ZERO))
        .hasMessage("timeout PT0S (expected: > 0)");
  }
}
