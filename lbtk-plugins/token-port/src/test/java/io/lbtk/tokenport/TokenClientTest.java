package io.lbtk.tokenport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Shortage;
import io.lbtk.api.StartException;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.testkit.FakeTokenSource;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The public classes of the token port together, as an application uses them. */
class TokenClientTest {

  private static final URI ANY_PORT = URI.create("tcp://127.0.0.1:0");
  private static final Target A = Target.of("10.0.0.1", 80);
  private static final Target B = Target.of("10.0.0.2", 80);

  private final FakeTokenSource source = new FakeTokenSource();

  private static Target take(TokenClient client) {
    try (Token token = client.take(Demand.any().timeout(Duration.ofSeconds(30))).join()) {
      return token.target();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8})
  void aTokenOfThePortIsTakenAndReleasedThere(int window) {
    source.always(A);
    try (TokenPort port = TokenPort.serve(ANY_PORT, source);
        TokenClient client =
            TokenClient.builder(port.address().toString()).window(window).build()) {
      Token token = client.take(Demand.any()).join();
      assertThat(token.target()).isEqualTo(A);
      assertThat(client.connected()).isTrue();

      token.release(Outcome.reset());

      source.awaitReleases(1);
      assertThat(source.kinds()).contains(Kind.RESET);
    }
  }

  @Test
  void aTokenInATryStatementIsReleasedAsClosed() {
    source.always(A);
    try (TokenPort port = TokenPort.serve(ANY_PORT, source);
        TokenClient client = TokenClient.builder(port.address().toString()).build()) {
      assertThat(take(client)).isEqualTo(A);

      source.awaitReleases(1);
      assertThat(source.kinds()).containsExactly(Kind.CLOSED);
    }
  }

  @Test
  void theNextPortIsUsedWhereTheFirstIsNotThere() {
    source.always(A);
    FakeTokenSource other = new FakeTokenSource().always(B);
    TokenPort first = TokenPort.serve(ANY_PORT, source);
    try (TokenPort second = TokenPort.serve(ANY_PORT, other);
        TokenClient client =
            TokenClient.builder(first.address().toString(), second.address().toString()).build()) {
      await().until(() -> take(client).equals(A));

      first.close();

      await().until(() -> take(client).equals(B));
    }
  }

  @Test
  void targetsSeenBeforeAreUsedWhileNoPortIsThere() {
    source.always(A);
    TokenPort port = TokenPort.serve(ANY_PORT, source);
    try (TokenClient client = TokenClient.builder(port.address().toString()).build()) {
      assertThat(take(client)).isEqualTo(A);

      port.close();
      await().until(() -> !client.connected());

      assertThat(take(client)).isEqualTo(A);
    }
  }

  @Test
  void demandsThatWaitFailWhenTheClientIsClosed() {
    TokenClient client = TokenClient.builder("tcp://127.0.0.1:1").build();
    CompletableFuture<Token> waiting = client.take(Demand.any());

    client.close();

    assertThat(waiting)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            NoTokenException.class, e -> assertThat(e.shortage()).isEqualTo(Shortage.CLOSED));
  }

  @Test
  void addressesThatCannotBeAreNamed() {
    assertThatThrownBy(() -> TokenClient.builder("10.0.0.5:1024"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"10.0.0.5:1024\" is no token port (expected: tcp://host:port)");
    assertThatThrownBy(() -> TokenPort.serve(URI.create("http://127.0.0.1:0"), source))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "token port cannot listen on \"http://127.0.0.1:0\" (expected: tcp://host:port)");
  }
}
