package io.lbtk.tokenport.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.tokenport.client.ScriptedPort.Connection;
import io.lbtk.tokenport.protocol.PeerLines;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseTokenSourceTest {

  private static final Target A = Target.of("10.0.0.1", 80);
  private static final Target B = Target.of("10.0.0.2", 80);
  private static final Demand PATIENT = Demand.any().timeout(Duration.ofMinutes(10));

  private final CapturedLog log = new CapturedLog();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final LeaseConnections connections = new LeaseConnections();
  private final ScriptedPort port = ScriptedPort.open();
  private final RemoteTokenSource tokens = connect(group.next());

  private RemoteTokenSource connect(Executor executor) {
    return connections.connect(port.address("tcp"), executor);
  }

  @AfterEach
  void close() {
    connections.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    port.close();
    log.close();
  }

  /** Returns the log lines about the port of this test. */
  private List<String> logged() {
    return logged(port.address("tcp"));
  }

  private List<String> logged(URI of) {
    String address = of + ":";
    return log.lines().stream().filter(line -> line.contains(address)).toList();
  }

  /** The next connection, after HELLO. */
  private Connection greeted() {
    return greeted(port);
  }

  private static Connection greeted(ScriptedPort port) {
    Connection peer = port.accept("ROUTER").say("HELLO 1 e1");
    assertThat(peer.line()).startsWith("HELLO 1 ");
    return peer;
  }

  /** Does several things in one tick of the loop. */
  private <T> T inOneTick(Supplier<T> things) {
    try {
      return group.next().submit(things::get).get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Token get(CompletableFuture<Token> future) {
    try {
      return future.get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Shortage shortage(CompletableFuture<Token> future) {
    await().atMost(Duration.ofSeconds(20)).until(future::isDone);
    return future.handle((token, failure) -> ((NoTokenException) failure).shortage()).join();
  }

  private static String wid(String want) {
    return want.split(" ")[1];
  }

  @Test
  void itSaysTheSameNameForLife() {
    String first;
    try (Connection peer = port.accept("ROUTER").say("HELLO 1 e1")) {
      first = peer.line();
    }
    try (Connection peer = port.accept("ROUTER").say("HELLO 1 e2")) {
      assertThat(peer.line()).isEqualTo(first).startsWith("HELLO 1 ");
    }
  }

  @Test
  void aStandbyIsNotConnectedUntilItSaysThatItLeads() {
    List<Boolean> heard = new CopyOnWriteArrayList<>();
    tokens.onConnection(heard::add);
    try (Connection peer = port.accept("ROUTER").say("HELLO 1 e1 role=standby")) {
      assertThat(peer.line()).startsWith("HELLO 1 ").endsWith(" roles=yes");
      tokens.hold(B);
      var future = tokens.take(PATIENT);
      assertThat(peer.line()).isEqualTo("HOLD 10.0.0.2:80 1");
      String want = peer.line();
      assertThat(want).startsWith("WANT ");
      assertThat(tokens.connected()).isFalse();
      assertThat(heard).isEmpty();

      peer.say("ROLE leader", "TOKEN " + wid(want) + " e1-1 10.0.0.1:80");
      assertThat(get(future).target()).isEqualTo(A);
      assertThat(tokens.connected()).isTrue();

      peer.say("ROLE standby");
      await().until(() -> !tokens.connected());
      assertThat(heard).containsExactly(true, false);
      assertThat(logged())
          .anySatisfy(line -> assertThat(line).contains("a standby"))
          .anySatisfy(line -> assertThat(line).contains("no longer a standby"));
    }
  }

  @Test
  void aTokenIsAskedForAndSaidToBeDone() {
    try (Connection peer = greeted()) {
      var future = tokens.take(Demand.any());
      String want = peer.line();
      assertThat(want).matches("WANT \\d+ 1");
      peer.say("TOKEN " + wid(want) + " e1-7 [::1]:80");
      Token token = get(future);
      assertThat(token.target()).isEqualTo(Target.of("::1", 80));
      token.release(Outcome.closed().withConnectTime(Duration.ofMillis(3)).withBytes(10, 20));
      assertThat(peer.line()).isEqualTo("DONE e1-7 closed connect=3 up=10 down=20");
    }
  }

  @Test
  void everyEndIsSaidHoweverSoonAfterTheLastOne() {
    try (Connection peer = greeted()) {
      for (int i = 0; i < 100; i++) {
        var future = tokens.take(Demand.any());
        peer.say("TOKEN " + wid(peer.line()) + " e1-" + i + " 10.0.0.1:80");
        get(future).release(Outcome.closed());
        assertThat(peer.line()).isEqualTo("DONE e1-" + i + " closed");
      }
    }
  }

  @Test
  void aSecondReleaseSaysNothing() {
    try (Connection peer = greeted()) {
      var future = tokens.take(Demand.any());
      peer.say("TOKEN " + wid(peer.line()) + " e1-7 10.0.0.1:80");
      get(future).release(Outcome.refused());
      get(future).release(Outcome.closed());
      var next = tokens.take(Demand.any());
      assertThat(peer.lines(2)).first().isEqualTo("DONE e1-7 refused");
      next.cancel(false);
    }
  }

  @Test
  void demandsOfOneTickAreOneLineAndAllLinesOneMessage() {
    try (Connection peer = greeted()) {
      List<CompletableFuture<Token>> futures =
          inOneTick(
              () -> {
                Token held = tokens.hold(A);
                List<CompletableFuture<Token>> all = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                  all.add(tokens.take(Demand.any()));
                  all.add(tokens.take(PATIENT.withKey("a b").excluding(Set.of(B.hostPort()))));
                }
                held.release(Outcome.reset());
                return all;
              });
      String[] lines = peer.message().split("\n");
      assertThat(lines).hasSize(4);
      assertThat(lines[0]).isEqualTo("HOLD 10.0.0.1:80 1");
      assertThat(lines[1]).isEqualTo("DONE @10.0.0.1:80 reset");
      assertThat(lines[2]).matches("WANT \\d+ 5");
      assertThat(lines[3])
          .startsWith("WANT " + wid(lines[3]) + " 5 ")
          .contains(" for=600000", " key=a%20b", " not=10.0.0.2:80");
      for (int i = 0; i < 5; i++) {
        peer.say("TOKEN " + wid(lines[2]) + " e1-" + i + " 10.0.0.1:80");
      }
      for (int i = 0; i < 10; i += 2) {
        assertThat(get(futures.get(i)).target()).isEqualTo(A);
      }
      assertThat(futures.get(1)).isNotDone();
    }
  }

  @Test
  void moreThanALineMayAskForAreSeveralLines() {
    try (Connection peer = greeted()) {
      inOneTick(
          () -> {
            List<CompletableFuture<Token>> all = new ArrayList<>();
            for (int i = 0; i < 2500; i++) {
              all.add(tokens.take(PATIENT));
            }
            return all;
          });
      assertThat(peer.lines(3))
          .map(line -> line.split(" ")[2])
          .containsExactly("1024", "1024", "452");
    }
  }

  @Test
  void noMoreIsAskedForThanMayBeOutstanding() {
    try (Connection peer = greeted()) {
      inOneTick(
          () -> {
            List<CompletableFuture<Token>> all = new ArrayList<>();
            for (int i = 0; i < 70_000; i++) {
              all.add(tokens.take(PATIENT));
            }
            return all;
          });
      List<String> wants = peer.lines(64);
      assertThat(wants).allMatch(line -> line.split(" ")[2].equals("1024"));
      peer.say(
          java.util.stream.IntStream.range(0, 1024)
              .mapToObj(i -> "TOKEN " + wid(wants.get(0)) + " e-" + i + " 10.0.0.1:80")
              .toArray(String[]::new));
      assertThat(peer.line().split(" ")[2]).isEqualTo("1024");
    }
  }

  @Test
  void aCancelledDemandIsCalledBackAndATokenThatCrossesReturned() {
    try (Connection peer = greeted()) {
      var future = tokens.take(PATIENT);
      String wid = wid(peer.line());
      future.cancel(false);
      assertThat(peer.line()).isEqualTo("CANCEL " + wid);
      peer.say("TOKEN " + wid + " e1-1 10.0.0.1:80");
      assertThat(peer.line()).isEqualTo("DONE e1-1 unused");
    }
  }

  @Test
  void ofSeveralTheOthersAreServedAndTheRestIsCalledBack() {
    try (Connection peer = greeted()) {
      List<CompletableFuture<Token>> futures =
          inOneTick(
              () -> List.of(tokens.take(PATIENT), tokens.take(PATIENT), tokens.take(PATIENT)));
      String wid = wid(peer.line());
      futures.get(0).cancel(false);
      peer.say("TOKEN " + wid + " e1-1 10.0.0.1:80", "TOKEN " + wid + " e1-2 10.0.0.2:80");
      assertThat(get(futures.get(1)).target()).isEqualTo(A);
      assertThat(get(futures.get(2)).target()).isEqualTo(B);
      assertThat(peer.line()).isEqualTo("CANCEL " + wid);
    }
  }

  @Test
  void anAbandonedDemandIsNotCalledBackButItsTokenReturned() {
    try (Connection peer = greeted()) {
      var future = tokens.take(PATIENT);
      String wid = wid(peer.line());
      future.completeExceptionally(new IllegalStateException("the taker gave up"));
      peer.say("TOKEN " + wid + " e1-1 10.0.0.1:80");
      assertThat(peer.line()).isEqualTo("DONE e1-1 unused");
    }
  }

  @Test
  void aDemandHearsWhyItWaitsAndWhyItEnds() {
    try (Connection peer = greeted()) {
      List<Shortage> heard = new CopyOnWriteArrayList<>();
      var future = tokens.take(PATIENT.whileWaiting(heard::add));
      String wid = wid(peer.line());
      peer.say("NONE " + wid + " empty", "NONE " + wid + " busy", "NONE " + wid + " excluded");
      assertThat(shortage(future)).isEqualTo(Shortage.EXCLUDED);
      assertThat(heard).containsExactly(Shortage.EMPTY, Shortage.BUSY);
    }
  }

  @Test
  void listenersHearWhatIsGone() {
    List<String> heard = new CopyOnWriteArrayList<>();
    tokens.onGone(heard::add);
    try (Connection peer = greeted()) {
      peer.say("GONE 10.0.0.1:80", "GONE [::1]:80");
      await().until(() -> heard.size() == 2);
      assertThat(heard).containsExactly("10.0.0.1:80", "[::1]:80");
    }
  }

  @Test
  void afterALostConnectionWhatIsLiveIsDeclaredAndWhatWaitsAskedAgain() {
    List<Token> live = new ArrayList<>();
    CompletableFuture<Token> waiting;
    try (Connection peer = greeted()) {
      for (int i = 0; i < 4; i++) {
        var future = tokens.take(PATIENT);
        String hostPort = i < 2 ? "10.0.0.1:80" : "10.0.0.2:80";
        peer.say("TOKEN " + wid(peer.line()) + " e1-" + i + " " + hostPort);
        live.add(get(future));
      }
      waiting = tokens.take(PATIENT);
      peer.line();
    }
    await().until(() -> !tokens.connected());
    live.get(3).release(Outcome.closed());
    try (Connection peer = greeted()) {
      assertThat(peer.lines(2))
          .containsExactlyInAnyOrder("HOLD 10.0.0.1:80 2", "HOLD 10.0.0.2:80 1");
      String want = peer.line();
      assertThat(want).matches("WANT \\d+ 1 for=\\d+");
      assertThat(Integer.parseInt(want.substring(want.indexOf("for=") + 4))).isLessThan(600_000);
      live.get(0).release(Outcome.timeout());
      assertThat(peer.line()).isEqualTo("DONE @10.0.0.1:80 timeout");
      peer.say("TOKEN " + wid(want) + " e2-0 10.0.0.1:80");
      get(waiting).release(Outcome.closed());
      assertThat(peer.line()).isEqualTo("DONE e2-0 closed");
      tokens.hold(A);
      assertThat(peer.line()).isEqualTo("HOLD 10.0.0.1:80 2");
    }
  }

  @Test
  void aSecondHelloOnTheSameConnectionIsANewGenerator() {
    try (Connection peer = greeted()) {
      var future = tokens.take(PATIENT);
      peer.say("TOKEN " + wid(peer.line()) + " e1-0 10.0.0.1:80");
      get(future);
      var waiting = tokens.take(PATIENT);
      String before = wid(peer.line());
      peer.say("HELLO 1 e2");
      assertThat(peer.line()).startsWith("HELLO 1 ");
      assertThat(peer.line()).isEqualTo("HOLD 10.0.0.1:80 1");
      String again = wid(peer.line());
      peer.say("TOKEN " + before + " e1-1 10.0.0.1:80", "TOKEN " + again + " e2-0 10.0.0.2:80");
      assertThat(get(waiting).target()).isEqualTo(B);
      assertThat(peer.line()).isEqualTo("DONE e1-1 unused");
    }
  }

  @Test
  void whatIsHeldWithoutAConnectionIsDeclaredWithTheFirst() {
    tokens.hold(A);
    tokens.hold(A).release(Outcome.closed());
    tokens.hold(B);
    try (Connection peer = greeted()) {
      assertThat(peer.lines(2))
          .containsExactlyInAnyOrder("HOLD 10.0.0.1:80 1", "HOLD 10.0.0.2:80 1");
    }
  }

  @Test
  void afterLeavingNothingIsDeclaredAndWhatWaitsIsAskedAnew() {
    try (Connection peer = greeted()) {
      var future = tokens.take(PATIENT);
      peer.say("TOKEN " + wid(peer.line()) + " e1-0 10.0.0.1:80");
      Token token = get(future);
      var waiting = tokens.take(PATIENT);
      String before = wid(peer.line());
      tokens.leave();
      assertThat(peer.line()).isEqualTo("BYE");
      assertThat(wid(peer.line())).isNotEqualTo(before);
      token.release(Outcome.closed());
      waiting.cancel(false);
      assertThat(peer.line()).startsWith("CANCEL ");
      assertThat(tokens.connected()).isTrue();
    }
    try (Connection peer = greeted()) {
      tokens.take(PATIENT);
      assertThat(peer.line()).startsWith("WANT ");
    }
  }

  @Test
  void closingSaysByeAndEndsWhatWaits() {
    try (Connection peer = greeted()) {
      var future = tokens.take(PATIENT);
      peer.line();
      tokens.close();
      assertThat(peer.line()).isEqualTo("BYE");
      peer.awaitEnd();
      assertThat(shortage(future)).isEqualTo(Shortage.CLOSED);
      assertThat(shortage(tokens.take(PATIENT))).isEqualTo(Shortage.CLOSED);
    }
  }

  @Test
  void withoutAConnectionDemandsExpireByThemselves() {
    assertThat(shortage(tokens.take(Demand.any().timeout(Duration.ofMillis(20)))))
        .isEqualTo(Shortage.EXPIRED);
    assertThat(shortage(tokens.take(Demand.any().timeout(Duration.ZERO))))
        .isEqualTo(Shortage.EXPIRED);
  }

  @Test
  void aDemandThatTheGeneratorForgetsExpiresToo() {
    try (Connection peer = greeted()) {
      var future = tokens.take(Demand.any().timeout(Duration.ofMillis(20)));
      String wid = wid(peer.line());
      assertThat(shortage(future)).isEqualTo(Shortage.EXPIRED);
      assertThat(peer.line()).isEqualTo("CANCEL " + wid);
    }
  }

  @Test
  void itSaysOnceThatThePortIsNotThereAndOnceThatItIs() {
    try (ClosedPort closed = new ClosedPort()) {
      URI there = URI.create("tcp://" + closed.target().hostPort());
      RemoteTokenSource one = connections.connect(there, group.next());
      RemoteTokenSource two = connections.connect(there, group.next());
      var future = one.take(PATIENT);
      await().until(() -> !logged(there).isEmpty());
      try (ScriptedPort late = ScriptedPort.open(closed.target().port())) {
        List<Connection> peers = List.of(greeted(late), greeted(late));
        await().until(() -> one.connected() && two.connected());
        assertThat(future).isNotDone();
        peers.forEach(Connection::close);
      }
      assertThat(logged(there).get(0))
          .startsWith("WARN " + there + ": cannot connect: Connection refused");
      assertThat(logged(there))
          .filteredOn(line -> !line.contains("connection lost"))
          .hasSize(2)
          .last()
          .isEqualTo("INFO " + there + ": connected");
    }
  }

  @Test
  void aPortThatSaysNothingMoreIsGivenUp() {
    try (Connection peer = greeted()) {
      await().until(tokens::connected);
      peer.withoutPongs();
      peer.awaitEnd();
    }
    await().until(() -> !tokens.connected());
    assertThat(logged()).anyMatch(line -> line.contains("nothing heard for 1500 ms"));
    greeted().close();
  }

  @Test
  void garbageEndsTheConnectionAndIsNamedOnce() {
    String[] garbage = {
      "PLEASE 1",
      "TOKEN 1",
      "TOKEN 1 e1 nowhere",
      "TOKEN 1 e1 h:0",
      "",
      "NONE 1 whatever",
      "HELLO 2 e",
      "GONE",
      "TOKEN \u0001 e h:1"
    };
    for (String line : garbage) {
      try (Connection peer = greeted()) {
        peer.say(line);
        peer.awaitEnd();
      }
    }
    greeted().close();
    assertThat(logged())
        .filteredOn(line -> line.contains("WARN"))
        .singleElement()
        .asString()
        .contains("connection lost: malformed line: unknown verb");
  }

  @Test
  void whatIsNoTokenPortIsGivenUpAndTriedAgain() throws IOException {
    try (Socket http = port.acceptRaw()) {
      http.getOutputStream().write("HTTP/1.0 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
      assertThat(http.getInputStream().readAllBytes()).hasSizeGreaterThanOrEqualTo(0);
    }
    try (Connection wrong = port.accept("PUSH")) {
      wrong.awaitEnd();
    }
    try (Connection early = port.accept("ROUTER").say("TOKEN 1 e1 10.0.0.1:80")) {
      early.awaitEnd();
    }
    try (Connection right = greeted()) {
      assertThat(right).as("a token port, at last").isNotNull();
      assertThat(logged())
          .filteredOn(line -> line.contains("WARN"))
          .hasSize(1)
          .allMatch(line -> line.contains("cannot connect: no ZMTP 3 greeting"));
    }
  }

  @Test
  void eachErrorOfThePortIsInTheLogOnceHoweverOftenThePeerIsClosed() {
    // The first connection is lost for another reason, which must not hide those that follow.
    for (String last : List.of("ALIVE", "ERROR one", "ERROR two", "ERROR one", "ERROR two")) {
      try (Connection peer = greeted()) {
        // It closes the connection when it reads what it does not understand.
        peer.say(last, "WHAT").awaitEnd();
      }
    }
    await().until(() -> errors("one") == 1 && errors("two") == 1);
  }

  private long errors(String text) {
    return logged().stream()
        .filter(line -> line.startsWith("WARN ") && line.endsWith("with an error: " + text))
        .count();
  }

  @Test
  void aKeyThatNoWantCanSayFailsTheFuture() {
    var future = tokens.take(Demand.any().withKey("k".repeat(PeerLines.Writer.MAX_KEY + 1)));
    assertThat(shortage(future)).isEqualTo(Shortage.EXPIRED);
    assertThat(future.handle((token, failure) -> failure.getMessage()).join())
        .contains("a key of 16385 bytes");
  }

  @Test
  void unknownAnswersAreReturnedOrIgnored() {
    try (Connection peer = greeted()) {
      peer.say("NONE 99 empty", "NONE x expired", "TOKEN x e1-1 10.0.0.1:80 new=word", "ALIVE");
      assertThat(peer.line()).isEqualTo("DONE e1-1 unused");
    }
  }

  @Test
  void onAnEventLoopTokensCrossNoThread() {
    try (Connection peer = greeted()) {
      CompletableFuture<String> thread =
          inOneTick(
              () -> tokens.take(PATIENT).thenApply(token -> Thread.currentThread().getName()));
      peer.say("TOKEN " + wid(peer.line()) + " e1-1 10.0.0.1:80");
      String loop = inOneTick(() -> Thread.currentThread().getName());
      assertThat(thread).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(loop);
    }
  }

  @Test
  void anotherExecutorCompletesWhatWasTaken() {
    greeted().close();
    tokens.close();
    List<String> ran = new CopyOnWriteArrayList<>();
    RemoteTokenSource other =
        connect(
            task -> {
              ran.add("task");
              task.run();
            });
    try (Connection peer = greeted()) {
      await().until(other::connected);
      var future = other.take(PATIENT);
      peer.say("TOKEN " + wid(peer.line()) + " e1-1 10.0.0.1:80");
      assertThat(get(future).target()).isEqualTo(A);
      assertThat(ran).isNotEmpty();
    }
  }

  @Test
  void aDemandCannotSmuggleALine() {
    try (Connection peer = greeted()) {
      tokens.take(PATIENT.excluding(Set.of("10.0.0.1:80", "x\nBYE", "a b", "", "a,b")));
      assertThat(peer.line()).endsWith(" not=10.0.0.1:80");
      tokens.take(PATIENT.withKey("x\nBYE"));
      assertThat(peer.line()).endsWith(" key=x%0ABYE");
    }
  }

  @Test
  void whoeverWouldWaitForEverAsksForAsLongAsThePortAllows() {
    try (Connection peer = greeted()) {
      tokens.take(Demand.any().timeout(Duration.ofSeconds(Long.MAX_VALUE)));
      assertThat(peer.line()).endsWith(" for=" + PeerLines.MAX_TIMEOUT.toMillis());
    }
  }

  @Test
  void anAddressThatIsNoneIsRefused() {
    for (String wrong :
        List.of("tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://:80", "tcp://h:80/path", "tcp:x")) {
      assertThatThrownBy(() -> connections.connect(URI.create(wrong), Runnable::run))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: tcp://host:port");
    }
  }
}
