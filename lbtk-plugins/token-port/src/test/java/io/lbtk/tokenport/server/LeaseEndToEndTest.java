package io.lbtk.tokenport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.core.Generator;
import io.lbtk.core.TargetStatus;
import io.lbtk.core.source.FailoverTokenSource;
import io.lbtk.core.source.SurvivalTokenSource;
import io.lbtk.core.source.WindowTokenSource;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.ManualClock;
import io.lbtk.tokenport.client.LeaseConnections;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Lease peers, ports and generators, all of them real; a process is killed by closing its parts.
 */
class LeaseEndToEndTest {

  private static final Demand PATIENT = Demand.any().timeout(Duration.ofMinutes(1));

  /** A generator and its port. */
  private static final class Brain implements AutoCloseable {

    private RefreshListener listener = report -> {};
    private final Generator generator;
    private final TokenPortServer port;

    /** Lists these targets at its start; null if its source cannot be read. */
    Brain(int number, String @Nullable ... targets) {
      generator =
          Generator.builder()
              .refresher(
                  new Refresher() {
                    @Override
                    public void start(RefreshListener to) {
                      listener = to;
                      if (targets != null) {
                        list(targets);
                      }
                    }

                    @Override
                    public void close() {
                      listener = report -> {};
                    }
                  })
              .policy(new TurnPolicy())
              .build();
      port =
          TokenPortServer.open(
              URI.create("tcp://127.0.0.1:" + number),
              generator,
              new PortOptions(Duration.ofHours(1), Duration.ofSeconds(5), 1),
              Ticker.system());
    }

    void list(String... targets) {
      listener.onRefresh(Refresh.snapshot(Stream.of(targets).map(Target::parse).toList()));
    }

    /** The connections that it counts, by target. */
    Map<String, Integer> live() {
      Map<String, Integer> live = new TreeMap<>();
      for (TargetStatus status : generator.targets()) {
        live.put(status.target().hostPort(), status.live());
      }
      return live;
    }

    void awaitLive(Map<String, Integer> expected) {
      await().until(this::live, expected::equals);
    }

    @Override
    public void close() {
      port.close();
      generator.close();
    }
  }

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final LeaseConnections connections = new LeaseConnections();
  private final ManualClock clock = new ManualClock();
  private final List<Brain> brains = new ArrayList<>();

  /** Numbers that nobody else gets while no generator is there. */
  private final ClosedPort first = new ClosedPort();

  private final ClosedPort second = new ClosedPort();

  private Brain brain(ClosedPort at, String... targets) {
    Brain brain = new Brain(at.target().port(), targets);
    brains.add(brain);
    return brain;
  }

  /** A generator that has never read its source. */
  private Brain brainWithoutSource(ClosedPort at) {
    Brain brain = new Brain(at.target().port(), (String[]) null);
    brains.add(brain);
    return brain;
  }

  private RemoteTokenSource connect(ClosedPort to) {
    return connections.connect(URI.create("tcp://" + to.target().hostPort()), group.next());
  }

  private static Token take(TokenSource source) {
    CompletableFuture<Token> future = source.take(PATIENT);
    await().atMost(Duration.ofSeconds(30)).until(future::isDone);
    return future.join();
  }

  @AfterEach
  void close() {
    connections.close();
    brains.forEach(Brain::close);
    first.close();
    second.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
  }

  @Test
  void aGeneratorThatIsKilledAndStartedAgainCountsRight() {
    Brain killed = brain(first, "a:1", "b:1");
    RemoteTokenSource one = connect(first);
    RemoteTokenSource two = connect(first);
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      tokens.add(take(one));
      tokens.add(take(two));
    }
    killed.awaitLive(Map.of("a:1", 5, "b:1", 5));
    killed.close();
    await().until(() -> !one.connected() && !two.connected());
    Token ended = tokens.remove(0);
    ended.release(Outcome.closed());
    var waiting = one.take(PATIENT);

    Brain again = brain(first, "a:1", "b:1", "c:1");

    await().until(waiting::isDone);
    tokens.add(waiting.join());
    Map<String, Integer> expected = new TreeMap<>(Map.of("a:1", 0, "b:1", 0, "c:1", 0));
    tokens.forEach(token -> expected.merge(token.target().hostPort(), 1, Integer::sum));
    again.awaitLive(expected);
    tokens.forEach(token -> token.release(Outcome.closed()));
    again.awaitLive(Map.of("a:1", 0, "b:1", 0, "c:1", 0));
  }

  @Test
  void aPortThatIsNotThereYetIsWaitedFor() {
    RemoteTokenSource source = connect(first);
    var future = source.take(PATIENT);

    brain(first, "a:1");

    await().until(future::isDone);
    assertThat(future.join().target().hostPort()).isEqualTo("a:1");
  }

  @Test
  void thePortAfterTakesOverWithAllThatIsLiveAndGivesItBack() {
    Brain one = brain(first, "a:1");
    Brain two = brain(second, "a:1", "b:1");
    RemoteTokenSource toFirst = connect(first);
    RemoteTokenSource toSecond = connect(second);
    await().until(toFirst::connected);
    await().until(toSecond::connected);
    TokenSource source = new FailoverTokenSource(List.of(toFirst, toSecond), clock, clock);
    List<Token> tokens = new ArrayList<>(List.of(take(source), take(source)));
    one.awaitLive(Map.of("a:1", 2));

    one.close();
    two.awaitLive(Map.of("a:1", 2, "b:1", 0));
    tokens.add(take(source));
    tokens.add(take(source));
    two.awaitLive(Map.of("a:1", 3, "b:1", 1));

    Brain back = brain(first, "a:1", "b:1");
    await().until(toFirst::connected);
    assertThat(back.live()).isEqualTo(Map.of("a:1", 0, "b:1", 0));
    // The change of the connection may be on its way to the failover still.
    await()
        .until(
            () -> {
              clock.advance(FailoverTokenSource.RETURN_AFTER);
              return back.live().equals(Map.of("a:1", 3, "b:1", 1));
            });
    two.awaitLive(Map.of("a:1", 0, "b:1", 0));
    tokens.forEach(token -> token.release(Outcome.closed()));
    back.awaitLive(Map.of("a:1", 0, "b:1", 0));
  }

  /** Waits until the source has talked to its port, which has no token for it. */
  private static void awaitTalksTo(RemoteTokenSource source) {
    List<Shortage> told = new CopyOnWriteArrayList<>();
    var future = source.take(PATIENT.whileWaiting(told::add));
    await().until(() -> told.contains(Shortage.EMPTY));
    future.cancel(false);
  }

  @Test
  void aGeneratorThatIsBackWithoutEverHavingReadItsSourceIsNotUsed() {
    Brain one = brain(first, "a:1");
    Brain two = brain(second, "b:1");
    RemoteTokenSource toFirst = connect(first);
    RemoteTokenSource toSecond = connect(second);
    await().until(toFirst::connected);
    await().until(toSecond::connected);
    TokenSource source = new FailoverTokenSource(List.of(toFirst, toSecond), clock, clock);
    assertThat(take(source).target().hostPort()).isEqualTo("a:1");
    one.close();
    two.awaitLive(Map.of("b:1", 0));
    assertThat(take(source).target().hostPort()).isEqualTo("b:1");

    Brain back = brainWithoutSource(first);
    awaitTalksTo(toFirst);
    for (int i = 0; i < 10; i++) {
      clock.advance(FailoverTokenSource.RETURN_AFTER);
      assertThat(take(source).target().hostPort()).isEqualTo("b:1");
    }
    assertThat(toFirst.connected()).isFalse();

    back.list("c:1");
    await().until(toFirst::connected);
    await()
        .until(
            () -> {
              clock.advance(FailoverTokenSource.RETURN_AFTER);
              return take(source).target().hostPort().equals("c:1");
            });
  }

  @Test
  void theSurvivalListIsUsedUntilAGeneratorThatIsBackHasReadItsSource() {
    Brain killed = brain(first, "a:1");
    RemoteTokenSource remote = connect(first);
    TokenSource source = new SurvivalTokenSource(remote, clock);
    take(source);
    killed.close();
    await().until(() -> !remote.connected());

    Brain back = brainWithoutSource(first);
    awaitTalksTo(remote);
    for (int i = 0; i < 10; i++) {
      assertThat(take(source).target().hostPort()).isEqualTo("a:1");
    }
    assertThat(remote.connected()).isFalse();

    back.list("b:1");
    await().until(remote::connected);
    await().until(() -> take(source).target().hostPort().equals("b:1"));
  }

  @Test
  void withoutAnyPortItGoesOnAndIsCountedWhenOneIsBack() {
    Brain killed = brain(first, "a:1", "b:1", "c:1");
    RemoteTokenSource remote = connect(first);
    List<String> gone = new ArrayList<>();
    remote.onGone(gone::add);
    TokenSource source = new SurvivalTokenSource(remote, clock);
    List<Token> tokens = new ArrayList<>(List.of(take(source), take(source), take(source)));
    killed.list("a:1", "b:1");
    await().until(() -> gone.contains("c:1"));
    killed.close();
    await().until(() -> !remote.connected());

    for (int i = 0; i < 20; i++) {
      tokens.add(take(source));
    }
    assertThat(tokens.subList(3, 23)).extracting(t -> t.target().hostPort()).doesNotContain("c:1");

    Brain again = brain(first, "a:1", "b:1", "c:1");
    Map<String, Integer> expected = new TreeMap<>(Map.of("a:1", 0, "b:1", 0, "c:1", 0));
    tokens.forEach(token -> expected.merge(token.target().hostPort(), 1, Integer::sum));
    again.awaitLive(expected);
    tokens.forEach(token -> token.release(Outcome.closed()));
    again.awaitLive(Map.of("a:1", 0, "b:1", 0, "c:1", 0));
  }

  @Test
  void whatIsFetchedAheadForARemovedTargetIsReturnedAtOnce() {
    Brain brain = brain(first, "a:1", "b:1");
    RemoteTokenSource remote = connect(first);
    // Nothing is fetched ahead from a port that is not connected yet.
    await().until(remote::connected);
    TokenSource source =
        new WindowTokenSource(remote, 8, WindowTokenSource.DEFAULT_MAX_AGE, clock, clock);
    Token token = take(source);
    await().until(() -> brain.live().values().stream().mapToInt(live -> live).sum() == 9);
    // Which of the nine came first, and so was taken, is not given.
    int left = brain.live().getOrDefault("b:1", 0);
    assertThat(left).isBetween(4, 5);
    brain.list("b:1");
    brain.awaitLive(Map.of("b:1", left));
    token.release(Outcome.closed());
    clock.advance(WindowTokenSource.DEFAULT_MAX_AGE);
    brain.awaitLive(Map.of("b:1", 0));
  }

  @Test
  void aPeerThatLeavesHoldsNothing() {
    Brain brain = brain(first, "a:1");
    RemoteTokenSource source = connect(first);
    Token token = take(source);
    brain.awaitLive(Map.of("a:1", 1));
    source.leave();
    brain.awaitLive(Map.of("a:1", 0));
    token.release(Outcome.closed());
    take(source);
    brain.awaitLive(Map.of("a:1", 1));
    source.close();
    brain.awaitLive(Map.of("a:1", 0));
  }
}
