package io.lbtk.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import io.lbtk.net.NoLeaks;
import io.lbtk.net.OpenDescriptors;
import io.lbtk.proxy.echo.EchoServer;
import io.lbtk.proxy.limits.OpenFiles;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.FullBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What clients, targets and the network do wrong to a proxy for TCP: it leaves no socket and no
 * pipe behind. A subclass for each engine.
 *
 * <p>More clients at once: {@code -Dlbtk.test.args=-Dlbtk.test.connects=20000}. They are more than
 * the backlog has room for; whoever is dropped tries again after up to a minute, which is TCP's
 * way.
 */
@ExtendWith(NoLeaks.class)
abstract class TcpFaultsTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  /** So many that what moves much is spliced, where that can be. */
  private static final int TUNNELS = 4;

  private static final int LIMIT = 1000;
  private static final int CONNECTS = Integer.getInteger("lbtk.test.connects", 4000);

  private final OpenDescriptors before = OpenDescriptors.now();
  private final FakeTokenSource tokens = new FakeTokenSource();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ServerSocket target;

  TcpFaultsTest() throws IOException {
    target = open(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    tokens.always(Target.of("127.0.0.1", target.getLocalPort()));
  }

  abstract TcpProxy.Builder newBuilder();

  @AfterEach
  void nothingIsLeft() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    threads.shutdownNow();
    assertThat(tokens.live()).as("tokens not released").isZero();
    assertThat(tokens.waiting()).as("demands that wait").isZero();
    assertThat(tokens.repeatedReleases()).as("tokens released twice").isZero();
    before.awaitNoMore();
  }

  private <T extends AutoCloseable> T open(T one) {
    open.push(one);
    return one;
  }

  private TcpProxy start(TcpProxy.Builder builder) {
    return start(builder, tokens);
  }

  private TcpProxy start(TcpProxy.Builder builder, TokenSource source) {
    TcpProxy proxy = open(builder.listen("127.0.0.1:0").tokens(source).loops(2).build());
    proxy.start();
    return proxy;
  }

  /** Both ends of a connection through the proxy. */
  private record Ends(Socket client, Socket target) {

    Socket of(Side side) {
      return side == Side.CLIENT ? client : target;
    }
  }

  private enum Side {
    CLIENT,
    TARGET;

    Side other() {
      return this == CLIENT ? TARGET : CLIENT;
    }
  }

  /** What a tunnel can be in the middle of. */
  private enum State {
    AT_REST,
    CLIENT_SENDS_AND_TARGET_DOES_NOT_READ,
    TARGET_SENDS_AND_CLIENT_DOES_NOT_READ,
    BOTH_SEND_AND_NEITHER_READS,
    CLIENT_HAS_FINISHED,
    TARGET_HAS_FINISHED
  }

  private Ends connect(TcpProxy proxy) throws IOException {
    Socket client = open(new Socket(InetAddress.getLoopbackAddress(), proxy.address().getPort()));
    client.setSoTimeout(30_000);
    Socket accepted = open(target.accept());
    accepted.setSoTimeout(30_000);
    return new Ends(client, accepted);
  }

  private static void eventually(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(30)).until(condition);
  }

  /** Sends until that fails. */
  private CompletableFuture<Void> flood(Socket from, AtomicLong sent) {
    return CompletableFuture.runAsync(
        () -> {
          byte[] chunk = new byte[64 * 1024];
          try {
            while (true) {
              from.getOutputStream().write(chunk);
              sent.addAndGet(chunk.length);
            }
          } catch (IOException e) {
            // The connection is over.
          }
        },
        threads);
  }

  private static void awaitStandstill(AtomicLong number) {
    AtomicLong last = new AtomicLong(-1);
    AtomicLong times = new AtomicLong();
    eventually(
        () -> {
          long now = number.get();
          times.set(last.getAndSet(now) == now ? times.get() + 1 : 0);
          return now > 0 && times.get() > 5;
        });
  }

  /** Reads until there is an end of any kind. */
  private static void readToTheEnd(Socket socket) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    try {
      while (socket.getInputStream().read(buffer) >= 0) {
        // Whatever it is.
      }
    } catch (SocketException e) {
      // That is an end, too.
    }
  }

  static Stream<Arguments> resets() {
    return Stream.of(State.values())
        .flatMap(state -> Stream.of(Side.values()).map(side -> Arguments.of(state, side)));
  }

  @ParameterizedTest
  @MethodSource("resets")
  void aResetInAnyStateEndsTheTunnelOnBothSides(State state, Side side) throws Exception {
    TcpProxy proxy = start(newBuilder().idleTimeout(LONG).finTimeout(LONG));
    OpenDescriptors idle = OpenDescriptors.now();
    List<Ends> tunnels = new ArrayList<>();
    for (int i = 0; i < TUNNELS; i++) {
      tunnels.add(connect(proxy));
    }
    List<CompletableFuture<Void>> floods = bring(tunnels, state);

    for (Ends ends : tunnels) {
      Backend.reset(ends.of(side));
    }

    for (Ends ends : tunnels) {
      readToTheEnd(ends.of(side.other()));
      ends.of(side.other()).close();
    }
    for (CompletableFuture<Void> flood : floods) {
      flood.get(30, TimeUnit.SECONDS);
    }
    tokens.awaitReleases(TUNNELS);
    eventually(() -> proxy.connections() == 0);
    // Pipes may be kept for the next tunnels.
    new OpenDescriptors(idle.sockets(), Long.MAX_VALUE).awaitNoMore();
  }

  private List<CompletableFuture<Void>> bring(List<Ends> tunnels, State state) throws IOException {
    List<CompletableFuture<Void>> floods = new ArrayList<>();
    AtomicLong sent = new AtomicLong();
    for (Ends ends : tunnels) {
      switch (state) {
        case AT_REST -> {}
        case CLIENT_SENDS_AND_TARGET_DOES_NOT_READ -> floods.add(flood(ends.client, sent));
        case TARGET_SENDS_AND_CLIENT_DOES_NOT_READ -> floods.add(flood(ends.target, sent));
        case BOTH_SEND_AND_NEITHER_READS -> {
          floods.add(flood(ends.client, sent));
          floods.add(flood(ends.target, sent));
        }
        case CLIENT_HAS_FINISHED -> {
          ends.client.shutdownOutput();
          assertThat(ends.target.getInputStream().read()).isEqualTo(-1);
        }
        case TARGET_HAS_FINISHED -> {
          ends.target.shutdownOutput();
          assertThat(ends.client.getInputStream().read()).isEqualTo(-1);
        }
      }
    }
    if (!floods.isEmpty()) {
      awaitStandstill(sent);
    }
    return floods;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello"})
  void aResetBeforeThereIsATokenLeavesNothing(String said) throws Exception {
    FakeTokenSource later = new FakeTokenSource();
    TcpProxy proxy = start(newBuilder().tokenTimeout(LONG), later);
    OpenDescriptors idle = OpenDescriptors.now();
    List<Socket> clients = say(proxy, said);
    later.awaitWaiting(TUNNELS);

    for (Socket client : clients) {
      Backend.reset(client);
    }
    later.always(Target.of("127.0.0.1", target.getLocalPort()));

    endsWithout(proxy, later, idle);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello"})
  void aResetWhileTheTargetIsBeingConnectedLeavesNothing(String said) throws Exception {
    FullBackend full = open(new FullBackend());
    assumeTrue(full.isFull(), "a backend can let its clients wait");
    FakeTokenSource slow = new FakeTokenSource().always(full.target());
    TcpProxy proxy = start(newBuilder().connectTimeout(Duration.ofSeconds(1)).attempts(1), slow);
    OpenDescriptors idle = OpenDescriptors.now();
    List<Socket> clients = say(proxy, said);
    slow.awaitTaken(TUNNELS);

    for (Socket client : clients) {
      Backend.reset(client);
    }

    endsWithout(proxy, slow, idle);
  }

  private List<Socket> say(TcpProxy proxy, String what) throws IOException {
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < TUNNELS; i++) {
      Socket client = open(new Socket(InetAddress.getLoopbackAddress(), proxy.address().getPort()));
      client.getOutputStream().write(what.getBytes(UTF_8));
      clients.add(client);
    }
    return clients;
  }

  private static void endsWithout(TcpProxy proxy, FakeTokenSource source, OpenDescriptors idle) {
    eventually(() -> proxy.connections() == 0);
    eventually(() -> source.live() == 0 && source.waiting() == 0);
    assertThat(source.repeatedReleases()).isZero();
    new OpenDescriptors(idle.sockets(), Long.MAX_VALUE).awaitNoMore();
  }

  @Test
  void aTargetThatAcceptsAndNeverReadsIsLeftWhenNothingHasMovedForLong() throws Exception {
    TcpProxy proxy = start(newBuilder().idleTimeout(Duration.ofMillis(500)));
    OpenDescriptors idle = OpenDescriptors.now();
    List<CompletableFuture<Void>> floods = new ArrayList<>();
    List<Ends> tunnels = new ArrayList<>();
    for (int i = 0; i < TUNNELS; i++) {
      tunnels.add(connect(proxy));
      floods.add(flood(tunnels.get(i).client, new AtomicLong()));
    }

    for (CompletableFuture<Void> flood : floods) {
      flood.get(30, TimeUnit.SECONDS);
    }

    tokens.awaitReleases(TUNNELS);
    assertThat(tokens.kinds()).doesNotContain(Kind.UNUSED, Kind.REFUSED);
    for (Ends ends : tunnels) {
      ends.client.close();
      ends.target.close();
    }
    new OpenDescriptors(idle.sockets(), Long.MAX_VALUE).awaitNoMore();
  }

  @Test
  void aClientThatSendsAByteNowAndThenIsServedForAsLongAsItDoes() throws Exception {
    TcpProxy proxy = start(newBuilder().idleTimeout(Duration.ofSeconds(2)));
    Ends ends = connect(proxy);
    int bytes = 8;

    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try {
      Future<?> unused =
          clock.scheduleAtFixedRate(() -> sayOneByte(ends.client), 0, 500, TimeUnit.MILLISECONDS);
      assertThat(ends.target.getInputStream().readNBytes(bytes)).hasSize(bytes);
      assertThat(tokens.live()).isOne();
    } finally {
      clock.shutdownNow();
    }

    readToTheEnd(ends.target);
    tokens.awaitReleases(1);
  }

  private static void sayOneByte(Socket client) {
    try {
      client.getOutputStream().write(7);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aTargetThatAnswersBeforeTheClientSpeaksAndEndsIsHeardToTheEnd() throws Exception {
    TcpProxy proxy = start(newBuilder());
    byte[] greeting = new byte[100_000];
    for (int i = 0; i < 100; i++) {
      Ends ends = connect(proxy);
      ends.target.getOutputStream().write(greeting);
      ends.target.close();

      assertThat(ends.client.getInputStream().readAllBytes()).hasSize(greeting.length);
      ends.client.close();
    }
  }

  @Test
  void ofManyConnectsAtOnceNoMoreAreServedAtATimeThanTheLimitAndAllInTheEnd() throws Exception {
    int limit = Math.min(LIMIT, OpenFiles.roomFor(OpenFiles.limit(), 8));
    EchoServer echo = open(EchoServer.builder().listen("127.0.0.1:0").loops(1).build());
    echo.start();
    tokens.always(Target.of("127.0.0.1", echo.addresses().get(0).getPort()));
    TcpProxy proxy = start(newBuilder().maxConnections(limit).tokenTimeout(LONG));
    InetSocketAddress address = proxy.address();

    try (Crowds crowds = new Crowds(address, CONNECTS)) {
      eventually(() -> proxy.connections() == limit);
      crowds.speak();
      await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () -> {
                assertThat(proxy.connections()).isLessThanOrEqualTo(limit);
                return crowds.areAllAnswered();
              });
    }

    tokens.awaitReleases(CONNECTS);
    assertThat(tokens.kinds()).containsOnly(Kind.CLOSED);
    eventually(() -> proxy.connections() == 0);
  }
}
