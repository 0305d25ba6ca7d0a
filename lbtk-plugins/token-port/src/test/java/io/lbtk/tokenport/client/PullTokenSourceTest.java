package io.lbtk.tokenport.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Shortage;
import io.lbtk.api.StartException;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.tokenport.PullTokenTransport;
import io.lbtk.tokenport.client.ScriptedPort.Connection;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PullTokenSourceTest {

  private static final Demand PATIENT = Demand.any().timeout(Duration.ofMinutes(10));

  private final CapturedLog connectionLog = new CapturedLog();
  private final CapturedLog log = new CapturedLog(PullTokenSource.class);
  private final ScriptedPort port = ScriptedPort.open();
  private final PullTokenTransport transport = new PullTokenTransport();
  private final RemoteTokenSource tokens =
      transport.connect(port.address("pull+tcp"), Runnable::run);

  @AfterEach
  void close() {
    transport.close();
    port.close();
    log.close();
    connectionLog.close();
  }

  private Connection push() {
    Connection push = port.accept("PUSH");
    await().until(tokens::connected);
    return push;
  }

  private static String get(CompletableFuture<Token> future) {
    await().atMost(Duration.ofSeconds(20)).until(future::isDone);
    return future.join().target().hostPort();
  }

  private String take() {
    return get(tokens.take(PATIENT));
  }

  private static Shortage shortage(CompletableFuture<Token> future) {
    await().atMost(Duration.ofSeconds(20)).until(future::isDone);
    return future.handle((token, failure) -> ((NoTokenException) failure).shortage()).join();
  }

  @Test
  void aStandbyIsNotConnectedUntilItPushesSomething() {
    List<Boolean> heard = new ArrayList<>();
    tokens.onConnection(heard::add);
    try (Connection push = port.acceptAsStandby("PUSH")) {
      await().until(() -> connectionLog.lines().stream().anyMatch(l -> l.contains("a standby")));
      assertThat(tokens.connected()).isFalse();
      assertThat(heard).isEmpty();
      push.say("10.0.0.1:80");
      await().until(tokens::connected);
      assertThat(heard).containsExactly(true);
      assertThat(take()).isEqualTo("10.0.0.1:80");
    }
  }

  @Test
  void whatIsPushedIsTakenInItsOrder() {
    try (Connection push = push()) {
      push.say("10.0.0.1:80").say("[::1]:80").say("b:1 weight=2");
      assertThat(List.of(take(), take(), take())).containsExactly("10.0.0.1:80", "[::1]:80", "b:1");
    }
  }

  @Test
  void demandsWaitInTheirOrder() {
    try (Connection push = push()) {
      var first = tokens.take(PATIENT);
      var second = tokens.take(PATIENT);
      push.say("a:1").say("b:1");
      assertThat(get(first)).isEqualTo("a:1");
      assertThat(get(second)).isEqualTo("b:1");
    }
  }

  @Test
  void demandsExpireAndAreWithdrawn() {
    try (Connection push = push()) {
      var expired = tokens.take(Demand.any().timeout(Duration.ofMillis(10)));
      assertThat(shortage(expired)).isEqualTo(Shortage.EXPIRED);
      assertThat(shortage(tokens.take(Demand.any().timeout(Duration.ZERO))))
          .isEqualTo(Shortage.EXPIRED);
      var cancelled = tokens.take(PATIENT);
      cancelled.cancel(false);
      push.say("a:1");
      assertThat(take()).isEqualTo("a:1");
    }
  }

  @Test
  void anExcludedTargetIsLeftForOthers() {
    try (Connection push = push()) {
      var other = tokens.take(PATIENT.excluding(Set.of("a:1")));
      push.say("a:1").say("b:1");
      assertThat(get(other)).isEqualTo("b:1");
      assertThat(take()).isEqualTo("a:1");
    }
  }

  @Test
  void manyOfAnExcludedTargetDoNotHideTheOthers() {
    try (Connection push = push()) {
      var other = tokens.take(PATIENT.excluding(Set.of("a:1")));
      for (int i = 0; i < 1000; i++) {
        push.say("a:1");
      }
      push.say("b:1");
      assertThat(get(other)).isEqualTo("b:1");
    }
  }

  @Test
  void garbageIsNamedOnceAndPassedOver() {
    try (Connection push = push()) {
      push.say("nonsense").say("h:0").say("").say("a:\u0007:1").say("x".repeat(60_000)).say("a:1");
      assertThat(take()).isEqualTo("a:1");
    }
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith(
            "WARN " + port.address("pull+tcp") + ": ignoring a message that is not a target:")
        .contains("nonsense", "expected: host:port");
  }

  @Test
  void onlyAFewAreKeptAndTheOldAreDropped() {
    try (Connection push = push()) {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      for (int i = 1; i <= 2000; i++) {
        byte[] target = "old:%04d".formatted(i).getBytes(US_ASCII);
        frames.write(0);
        frames.write(target.length);
        frames.writeBytes(target);
      }
      push.raw(frames.toByteArray());
      // Old ones go, one handful after the other, faster than this takes them.
      AtomicInteger last = new AtomicInteger(number(take()));
      await()
          .until(
              () -> {
                int number = number(take());
                return number > last.getAndSet(number) + 1;
              });
      assertThat(last.get()).isLessThan(1000);
    }
  }

  private static int number(String hostPort) {
    return Target.parse(hostPort).port();
  }

  @Test
  void aConnectionThatIsLostIsMadeAgain() {
    List<Boolean> heard = new ArrayList<>();
    tokens.onConnection(heard::add);
    push().close();
    await().until(() -> !tokens.connected());
    try (Connection push = push()) {
      push.say("a:1");
      assertThat(take()).isEqualTo("a:1");
      assertThat(heard).endsWith(false, true);
    }
  }

  @Test
  void anotherSocketTypeIsNoPush() {
    try (Connection push = port.accept("PUB")) {
      push.awaitEnd();
    }
    push().close();
    assertThat(connectionLog.lines())
        .filteredOn(line -> line.contains(port.address("pull+tcp").toString()))
        .first()
        .asString()
        .contains("cannot connect: another socket type");
  }

  @Test
  void closingEndsWhatWaits() {
    var future = tokens.take(PATIENT);
    tokens.close();
    assertThat(shortage(future)).isEqualTo(Shortage.CLOSED);
    assertThat(shortage(tokens.take(PATIENT))).isEqualTo(Shortage.CLOSED);
  }

  @Test
  void itCannotBePublishedOn() {
    assertThatThrownBy(
            () -> transport.publish(URI.create("pull+tcp://127.0.0.1:1024"), new FakeTokenSource()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("pull+tcp://127.0.0.1:1024: this scheme only takes tokens");
  }
}
