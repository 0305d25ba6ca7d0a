package io.lbtk.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Outcome;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Proxy;
import io.lbtk.api.Shortage;
import io.lbtk.api.StartException;
import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The contract of every TCP {@link Proxy}, as observed from outside by real clients and backends.
 * Extend this class, and implement the creation of the proxy:
 *
 * <pre>{@code
 * class ThreadedProxyTest extends ProxyContract {
 *   @Override
 *   protected Proxy newProxy(InetSocketAddress listen, TokenSource tokens, Limits limits) {
 *     return new ThreadedProxy(listen, tokens, limits.connectTimeout(), limits.tokenTimeout());
 *   }
 *
 *   @Override
 *   protected boolean supports(Feature feature) {
 *     return feature != Feature.IDLE_TIMEOUT && feature != Feature.FIN_TIMEOUT;
 *   }
 * }
 * }</pre>
 *
 * <p>After each test the proxy is closed; then no token may be left, nor one have been released
 * twice, nor a demand be waiting.
 */
public abstract class ProxyContract {

  /** The optional features of proxies. */
  public enum Feature {
    /** It gives up a target that does not accept in time. */
    CONNECT_TIMEOUT,
    /** It ends a tunnel in which nothing moves. */
    IDLE_TIMEOUT,
    /** It ends a tunnel of which only one side has ended. */
    FIN_TIMEOUT,
    /** If one side resets the connection, so does it to the other. */
    RELAYED_RESETS
  }

  /**
   * The time limits of a proxy under test. It always makes 3 attempts.
   *
   * @param connectTimeout the time for a target to accept
   * @param tokenTimeout how long to wait for a token
   * @param idleTimeout after how long a tunnel ends in which nothing moves
   * @param finTimeout after how long a tunnel ends of which one side has ended, if nothing moves
   */
  public record Limits(
      Duration connectTimeout, Duration tokenTimeout, Duration idleTimeout, Duration finTimeout) {}

  private static final long BURST = 50_000_000;

  /** More than all buffers of the kernel between a client and a target. */
  private static final long MORE_THAN_BUFFERS = 128L << 20;

  private static final Duration SOON = Duration.ofMillis(300);

  @RegisterExtension final TimeLimit limit = new TimeLimit(ProxyContract.class, this::timeout);

  private final FakeTokenSource tokens = new FakeTokenSource();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final List<Proxy> proxies = new ArrayList<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "proxy contract");
            thread.setDaemon(true);
            return thread;
          });

  /** Creates the contract. */
  protected ProxyContract() {}

  /**
   * Creates a proxy without starting it. The contract closes it.
   *
   * @param listen the address at which it accepts; port 0 for a free port
   * @param tokens where it takes its tokens; it stays the contract's
   * @param limits its timeouts
   */
  protected abstract Proxy newProxy(InetSocketAddress listen, TokenSource tokens, Limits limits)
      throws Exception;

  /** Returns whether the proxy has this feature; all by default. */
  protected boolean supports(Feature feature) {
    return true;
  }

  /** Returns the time to wait before a test fails: 30 seconds by default. */
  protected Duration timeout() {
    return Duration.ofSeconds(30);
  }

  /** Limits that no test reaches, unless it wants to. */
  private Limits generous() {
    Duration never = timeout().multipliedBy(10);
    return new Limits(never, never, never, never);
  }

  /** Closes everything, and looks whether a token is left. */
  @AfterEach
  final void nothingIsLeft() throws Exception {
    try {
      for (AutoCloseable one : open) {
        if (one instanceof Backend backend) {
          backend.check();
        }
      }
      proxies.forEach(Proxy::close);
      awaiting("every token released").until(() -> tokens.live() == 0);
      awaiting("no demand waiting").until(() -> tokens.waiting() == 0);
      assertThat(tokens.repeatedReleases()).as("tokens released a second time").isZero();
    } finally {
      while (!open.isEmpty()) {
        open.pop().close();
      }
      threads.shutdownNow();
    }
  }

  @Test
  final void bytesGoThereAndBack() throws Exception {
    Proxy proxy = start(echo());

    assertThat(client(proxy).exchange("hello")).isEqualTo("hello");
  }

  @Test
  final void eachConnectionGoesWhereItsTokenSays() throws Exception {
    Backend first = echo();
    Backend second = echo();
    tokens.give(first.target(), second.target(), first.target());
    Proxy proxy = start();

    for (int i = 1; i <= 3; i++) {
      TestClient client = client(proxy);
      assertThat(client.exchange("hello")).isEqualTo("hello");
      assertThat(tokens.taken()).as("tokens of %d connections", i).hasSize(i);
    }

    assertThat(first.connections()).isEqualTo(2);
    assertThat(second.connections()).isEqualTo(1);
  }

  @Test
  final void aTokenIsReleasedWhenItsConnectionHasEndedAndNotBefore() throws Exception {
    Proxy proxy = start(echo());
    TestClient client = client(proxy);
    client.exchange("hello");
    assertThat(tokens.live()).isOne();
    assertThat(tokens.releases()).isEmpty();

    client.finish();
    assertThat(client.awaitEnd()).isEqualTo(TestClient.End.IN_ORDER);

    Outcome outcome = released(1).get(0).outcome();
    assertThat(outcome.kind()).isEqualTo(Kind.CLOSED);
    assertThat(outcome.bytesUp()).isEqualTo(5);
    assertThat(outcome.bytesDown()).isEqualTo(5);
  }

  @Test
  final void aTargetThatSpeaksFirstIsHeard() throws Exception {
    Proxy proxy = start(open(Backend.sending(new Pattern(3), 100)));

    TestClient client = client(proxy);

    assertThat(new Pattern(3).readAll(client.in())).isEqualTo(100);
  }

  @Test
  final void aTargetThatAnswersAndClosesIsHeardToTheEnd() throws Exception {
    Proxy proxy = start(open(Backend.answering(new Pattern(4), 5_000_000)));
    TestClient client = client(proxy);

    client.send("?");

    assertThat(new Pattern(4).readAll(client.in())).isEqualTo(5_000_000);
    client.close();
    assertThat(released(1).get(0).outcome().bytesDown()).isEqualTo(5_000_000);
  }

  @Test
  final void aBurstOfTheClientArrivesWholeAtASlowTarget() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Backend slow =
        open(
            new Backend(
                socket -> {
                  await(begun);
                  long received = readSlowly(new Pattern(1), socket.getInputStream());
                  new DataOutputStream(socket.getOutputStream()).writeLong(received);
                }));
    Proxy proxy = start(slow);
    TestClient client = client(proxy);

    burst(client.socket(), begun);
    client.finish();

    assertThat(new DataInputStream(client.in()).readLong()).isEqualTo(BURST);
    assertThat(client.awaitEnd()).isEqualTo(TestClient.End.IN_ORDER);
    Outcome outcome = released(1).get(0).outcome();
    assertThat(outcome.kind()).isEqualTo(Kind.CLOSED);
    assertThat(outcome.bytesUp()).isEqualTo(BURST);
  }

  @Test
  final void aBurstOfTheTargetArrivesWholeAtASlowClient() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Backend bursting =
        open(
            new Backend(
                socket -> {
                  burst(socket, begun);
                  socket.shutdownOutput();
                  socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                }));
    Proxy proxy = start(bursting);
    TestClient client = client(proxy);

    await(begun);

    assertThat(readSlowly(new Pattern(1), client.in())).isEqualTo(BURST);
    client.close();
    Outcome outcome = released(1).get(0).outcome();
    assertThat(outcome.kind()).isEqualTo(Kind.CLOSED);
    assertThat(outcome.bytesDown()).isEqualTo(BURST);
  }

  @Test
  final void burstsInBothDirectionsAtOnceArriveWhole() throws Exception {
    Proxy proxy = start(echo());
    TestClient client = client(proxy);
    CountDownLatch begun = new CountDownLatch(1);

    Future<?> sending =
        threads.submit(
            () -> {
              burst(client.socket(), begun);
              client.finish();
              return null;
            });
    await(begun);

    assertThat(readSlowly(new Pattern(1), client.in())).isEqualTo(BURST);
    sending.get(timeout().toMillis(), TimeUnit.MILLISECONDS);
    Outcome outcome = released(1).get(0).outcome();
    assertThat(outcome.bytesUp()).isEqualTo(BURST);
    assertThat(outcome.bytesDown()).isEqualTo(BURST);
  }

  /** Among these lengths are some of which a part still waits in the proxy when the FIN comes. */
  @Test
  final void whatASlowClientHasNotTakenYetArrivesThoughBothSidesHaveFinished() throws Exception {
    AtomicLong length = new AtomicLong();
    Backend backend =
        open(
            new Backend(
                socket -> {
                  if (socket.getInputStream().read() >= 0) {
                    new Pattern(3).writeTo(socket.getOutputStream(), length.get());
                  }
                }));
    tokens.always(backend.target());
    Proxy proxy = start();

    while (length.addAndGet(96 * 1024) <= 6 * 1024 * 1024) {
      try (TestClient client = new TestClient(proxy.address(), timeout(), 4096)) {
        client.send("?");
        client.finish();
        awaitStandstill(() -> (long) backend.open(), 5);

        assertThat(new Pattern(3).readAll(client.in())).isEqualTo(length.get());
      }
    }
  }

  @Test
  final void aTargetCanAnswerAfterTheClientHasFinished() throws Exception {
    Backend backend =
        open(
            new Backend(
                socket -> {
                  byte[] question = socket.getInputStream().readAllBytes();
                  new Pattern(2).readAll(new ByteArrayInputStream(question));
                  new Pattern(5).writeTo(socket.getOutputStream(), question.length);
                }));
    Proxy proxy = start(backend);
    TestClient client = client(proxy);

    client.send(new Pattern(2), 100_000);
    client.finish();

    assertThat(new Pattern(5).readAll(client.in())).isEqualTo(100_000);
  }

  @Test
  final void aClientCanSendAfterTheTargetHasFinished() throws Exception {
    CompletableFuture<Long> received = new CompletableFuture<>();
    Backend backend =
        open(
            new Backend(
                socket -> {
                  socket.shutdownOutput();
                  received.complete(new Pattern(2).readAll(socket.getInputStream()));
                }));
    Proxy proxy = start(backend);
    TestClient client = client(proxy);
    assertThat(client.in().read()).as("the end of the target").isEqualTo(-1);

    client.send(new Pattern(2), 100_000);
    client.finish();

    assertThat(received.get(timeout().toMillis(), TimeUnit.MILLISECONDS)).isEqualTo(100_000);
    assertThat(released(1).get(0).outcome().kind()).isEqualTo(Kind.CLOSED);
  }

  @Test
  final void whatAClientSentBeforeThereWasATokenArrives() throws Exception {
    Proxy proxy = start();
    TestClient client = client(proxy);
    client.send("early");
    client.finish();
    tokens.awaitWaiting(1);

    tokens.give(echo().target());

    assertThat(client.receive(100)).isEqualTo("early");
  }

  @Test
  final void aResetByTheTargetReachesTheClient() throws Exception {
    Proxy proxy = start(open(Backend.resetting()));
    TestClient client = client(proxy);

    client.send("!");
    TestClient.End end = client.awaitEnd();

    assertThat(released(1).get(0).outcome().kind()).isEqualTo(Kind.RESET);
    if (supports(Feature.RELAYED_RESETS)) {
      assertThat(end).isEqualTo(TestClient.End.BY_RESET);
    }
  }

  @Test
  final void aResetByTheClientReachesTheTarget() throws Exception {
    CompletableFuture<Boolean> reset = new CompletableFuture<>();
    Backend backend = open(new Backend(socket -> reset.complete(endsByReset(socket))));
    Proxy proxy = start(backend);
    TestClient client = client(proxy);
    client.send("!");
    backend.awaitConnections(1);

    client.reset();

    boolean byReset = reset.get(timeout().toMillis(), TimeUnit.MILLISECONDS);
    assertThat(released(1).get(0).outcome().kind()).isIn(Kind.RESET, Kind.CLOSED);
    if (supports(Feature.RELAYED_RESETS)) {
      assertThat(byReset).as("the target saw a reset").isTrue();
    }
  }

  @Test
  final void aRefusedConnectionIsTriedOnAnotherTarget() throws Exception {
    Target refusing = closedPort();
    Backend echo = echo();
    tokens.give(refusing).always(echo.target());
    Proxy proxy = start();
    TestClient client = client(proxy);

    assertThat(client.exchange("hello")).isEqualTo("hello");

    FakeTokenSource.Release first = released(1).get(0);
    assertThat(first.target()).isEqualTo(refusing);
    assertThat(first.outcome().kind()).isEqualTo(Kind.REFUSED);
    assertThat(tokens.demands().get(1).excluded()).containsExactly(refusing.hostPort());
    client.finish();
    client.awaitEnd();
    assertThat(released(2).get(1).target()).isEqualTo(echo.target());
    assertThat(tokens.kinds()).containsExactly(Kind.REFUSED, Kind.CLOSED);
  }

  @Test
  final void afterThreeAttemptsOnDifferentTargetsTheClientIsClosed() throws Exception {
    tokens.always(closedPort(), closedPort(), closedPort(), closedPort(), closedPort());
    Proxy proxy = start();

    client(proxy).awaitEnd();

    released(3);
    assertThat(tokens.taken()).hasSize(3).doesNotHaveDuplicates();
    assertThat(tokens.kinds()).containsOnly(Kind.REFUSED);
    assertThat(tokens.demands().get(2).excluded()).hasSize(2);
  }

  @Test
  final void whereNoOtherTargetIsTheClientIsClosed() throws Exception {
    tokens.always(closedPort());
    Proxy proxy = start();

    client(proxy).awaitEnd();

    released(1);
    assertThat(tokens.taken()).hasSize(1);
  }

  @Test
  final void aTargetThatDoesNotAcceptInTimeIsLeftForAnother() throws Exception {
    assume(Feature.CONNECT_TIMEOUT);
    FullBackend full = open(new FullBackend());
    assumeTrue(full.isFull(), "connections can be left waiting on this system");
    tokens.give(full.target()).always(echo().target());
    Proxy proxy = start(new Limits(SOON, timeout(), timeout(), timeout()));

    assertThat(client(proxy).exchange("hello")).isEqualTo("hello");

    assertThat(released(1).get(0).outcome().kind()).isEqualTo(Kind.TIMEOUT);
  }

  @Test
  final void aTargetIsFoundByItsName() throws Exception {
    tokens.always(Target.of("localhost", echo().target().port()));
    Proxy proxy = start();

    assertThat(client(proxy).exchange("hello")).isEqualTo("hello");
  }

  @Test
  final void aClientForWhichThereIsNoTokenIsClosed() throws Exception {
    tokens.refuse(Shortage.EXPIRED);
    Proxy proxy = start();

    client(proxy).awaitEnd();
    tokens.accept().always(echo().target());

    assertThat(client(proxy).exchange("hello")).as("the next client").isEqualTo("hello");
  }

  @Test
  final void aClientDoesNotWaitLongerForATokenThanItMay() throws Exception {
    Proxy proxy = start(new Limits(timeout(), SOON, timeout(), timeout()));

    client(proxy).awaitEnd();

    awaiting("no demand waiting").until(() -> tokens.waiting() == 0);
  }

  @Test
  final void aClientThatLeavesWhileItWaitsCostsNoToken() throws Exception {
    Proxy proxy = start();
    TestClient client = client(proxy);
    tokens.awaitWaiting(1);

    client.reset();
    tokens.give(echo().target());

    awaiting("no demand waiting").until(() -> tokens.waiting() == 0);
    awaiting("no token kept").until(() -> tokens.live() == 0);
  }

  @Test
  final void aTargetThatDoesNotReadStopsItsClientAndNobodyElse() throws Exception {
    tokens.give(open(Backend.silent()).target()).always(echo().target());
    Proxy proxy = start();

    try (SocketChannel channel = SocketChannel.open(proxy.address())) {
      channel.configureBlocking(false);
      AtomicLong sent = new AtomicLong();
      ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
      awaitStandstill(
          () -> {
            long written;
            do {
              chunk.clear();
              written = channel.write(chunk);
              sent.addAndGet(written);
            } while (written > 0 && sent.get() < MORE_THAN_BUFFERS);
            return sent.get();
          });

      assertThat(sent.get()).as("bytes taken that nobody read").isLessThan(MORE_THAN_BUFFERS);
      assertThat(client(proxy).exchange("hello")).isEqualTo("hello");
    }
  }

  @Test
  final void aClientThatDoesNotReadStopsItsTargetAndNobodyElse() throws Exception {
    AtomicLong sent = new AtomicLong();
    Backend bursting =
        open(
            new Backend(
                socket -> {
                  byte[] chunk = new byte[64 * 1024];
                  while (sent.get() < MORE_THAN_BUFFERS) {
                    socket.getOutputStream().write(chunk);
                    sent.addAndGet(chunk.length);
                  }
                }));
    tokens.give(bursting.target()).always(echo().target());
    Proxy proxy = start();
    client(proxy);

    awaiting("the first bytes").until(() -> sent.get() > 0);
    awaitStandstill(sent::get);

    assertThat(sent.get()).as("bytes taken that nobody read").isLessThan(MORE_THAN_BUFFERS);
    assertThat(client(proxy).exchange("hello")).isEqualTo("hello");
  }

  @Test
  final void aTunnelInWhichNothingMovesIsEnded() throws Exception {
    assume(Feature.IDLE_TIMEOUT);
    Backend echo = echo();
    tokens.always(echo.target());
    Proxy proxy = start(new Limits(timeout(), timeout(), SOON, timeout()));
    TestClient client = client(proxy);
    client.exchange("hello");

    client.awaitEnd();

    echo.awaitNoneOpen();
    assertThat(released(1).get(0).outcome().kind()).isNotEqualTo(Kind.UNUSED);
  }

  @Test
  final void aTunnelOfWhichOneSideNeverEndsIsEnded() throws Exception {
    assume(Feature.FIN_TIMEOUT);
    tokens.always(open(Backend.silent()).target());
    Proxy proxy = start(new Limits(timeout(), timeout(), generous().idleTimeout(), SOON));
    TestClient client = client(proxy);
    client.send("hello");

    client.finish();
    client.awaitEnd();

    assertThat(released(1).get(0).outcome().kind()).isNotEqualTo(Kind.UNUSED);
  }

  @Test
  final void manyConnectionsLiveAtTheSameTime() throws Exception {
    List<Backend> backends = List.of(echo(), echo(), echo(), echo());
    tokens.always(backends.stream().map(Backend::target).toArray(Target[]::new));
    Proxy proxy = start();
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      clients.add(client(proxy));
      clients.get(i).send(new Pattern(i), 10_000);
    }

    for (int i = 0; i < 200; i++) {
      assertThat(new Pattern(i).readFrom(clients.get(i).in(), 0, 10_000)).isEqualTo(10_000);
    }
    assertThat(tokens.live()).isEqualTo(200);
    assertThat(backends).extracting(Backend::connections).containsOnly(50);
    for (TestClient client : clients) {
      client.finish();
      assertThat(client.awaitEnd()).isEqualTo(TestClient.End.IN_ORDER);
    }

    released(200);
    assertThat(tokens.kinds()).containsOnly(Kind.CLOSED);
  }

  @Test
  final void manyShortConnectionsLoseNoToken() throws Exception {
    tokens.always(echo().target(), echo().target());
    Proxy proxy = start();
    List<Future<?>> running = new ArrayList<>();

    for (int i = 0; i < 8; i++) {
      running.add(threads.submit(() -> exchange(proxy, 100)));
    }
    for (Future<?> one : running) {
      one.get(timeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    released(800);
    assertThat(tokens.taken()).hasSize(800);
  }

  @Test
  final void drainLetsTunnelsEndAndAcceptsNoOther() throws Exception {
    Proxy proxy = start(echo());
    TestClient client = client(proxy);
    client.exchange("hello");

    CompletableFuture<Void> drained = proxy.drain(generous().idleTimeout());
    awaiting("no connection accepted").until(() -> refuses(proxy));
    assertThat(drained).isNotDone();
    assertThat(client.exchange("still here")).isEqualTo("still here");
    client.finish();
    assertThat(client.awaitEnd()).isEqualTo(TestClient.End.IN_ORDER);

    awaiting("drained").until(drained::isDone);
    assertThat(drained).isCompleted();
    assertThat(released(1).get(0).outcome().kind()).isEqualTo(Kind.CLOSED);
  }

  @Test
  final void drainClosesWhatIsLeftAfterItsTime() throws Exception {
    Proxy proxy = start(echo());
    TestClient client = client(proxy);
    client.exchange("hello");

    CompletableFuture<Void> drained = proxy.drain(SOON);
    client.awaitEnd();

    awaiting("drained").until(drained::isDone);
    released(1);
  }

  @Test
  final void drainWithoutTunnelsIsOverAtOnce() throws Exception {
    Proxy proxy = start(echo());

    CompletableFuture<Void> drained = proxy.drain(generous().idleTimeout());

    awaiting("drained").until(drained::isDone);
    assertThat(drained).isCompleted();
  }

  @Test
  final void drainClosesAfterItsTimeWhoStillWaitsForAToken() throws Exception {
    Proxy proxy = start();
    TestClient client = client(proxy);
    tokens.awaitWaiting(1);

    CompletableFuture<Void> drained = proxy.drain(SOON);
    client.awaitEnd();

    awaiting("drained").until(drained::isDone);
    awaiting("no demand waiting").until(() -> tokens.waiting() == 0);
  }

  @Test
  final void closeEndsEveryTunnel() throws Exception {
    Backend echo = echo();
    Proxy proxy = start(echo);
    List<TestClient> clients = List.of(client(proxy), client(proxy), client(proxy));
    for (TestClient client : clients) {
      client.exchange("hello");
    }

    proxy.close();

    for (TestClient client : clients) {
      client.awaitEnd();
    }
    released(3);
    assertThat(tokens.kinds()).doesNotContain(Kind.UNUSED);
    echo.awaitNoneOpen();
    awaiting("no connection accepted").until(() -> refuses(proxy));
  }

  @Test
  final void closeWithdrawsDemandsThatWait() throws Exception {
    Proxy proxy = start();
    TestClient client = client(proxy);
    tokens.awaitWaiting(1);

    proxy.close();

    client.awaitEnd();
    awaiting("no demand waiting").until(() -> tokens.waiting() == 0);
  }

  @Test
  final void closeWhileATargetIsBeingConnectedReleasesItsToken() throws Exception {
    FullBackend full = open(new FullBackend());
    assumeTrue(full.isFull(), "connections can be left waiting on this system");
    tokens.always(full.target());
    Proxy proxy = start();
    TestClient client = client(proxy);
    tokens.awaitTaken(1);

    proxy.close();

    client.awaitEnd();
    released(1);
    assertThat(tokens.taken()).as("targets tried, also after close").hasSize(1);
  }

  @Test
  final void aSecondCloseDoesNothing() throws Exception {
    Proxy proxy = start(echo());

    proxy.close();

    assertThatCode(proxy::close).doesNotThrowAnyException();
  }

  @Test
  final void oneThatWasNeverStartedCanBeClosed() throws Exception {
    assertThatCode(make(generous())::close).doesNotThrowAnyException();
  }

  @Test
  final void aSecondStartIsAnIllegalState() throws Exception {
    Proxy proxy = start(echo());

    assertThatThrownBy(proxy::start).isInstanceOf(IllegalStateException.class);
    assertThat(client(proxy).exchange("hello")).isEqualTo("hello");
  }

  @Test
  final void aStartAfterCloseIsAnIllegalState() throws Exception {
    Proxy proxy = make(generous());
    proxy.close();

    assertThatThrownBy(proxy::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  final void itHasNoAddressBeforeItIsStarted() throws Exception {
    assertThatThrownBy(make(generous())::address).isInstanceOf(IllegalStateException.class);
  }

  @Test
  final void itsAddressHasTheRealPort() throws Exception {
    InetSocketAddress address = (InetSocketAddress) start().address();

    assertThat(address.getPort()).isPositive();
    assertThat(address.getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
  }

  @Test
  final void anAddressInUseIsNamed() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) other.getLocalSocketAddress();
      Proxy proxy = newProxy(address, tokens, generous());
      proxies.add(proxy);

      assertThatThrownBy(proxy::start)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("127.0.0.1:" + address.getPort());
    }
  }

  private void assume(Feature feature) {
    assumeTrue(supports(feature), () -> "the proxy has " + feature);
  }

  private Proxy make(Limits limits) throws Exception {
    Proxy proxy =
        newProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tokens, limits);
    proxies.add(proxy);
    return proxy;
  }

  /** A started proxy whose tokens all lead to one backend. */
  private Proxy start(Backend backend) throws Exception {
    tokens.always(backend.target());
    return start();
  }

  private Proxy start() throws Exception {
    return start(generous());
  }

  private Proxy start(Limits limits) throws Exception {
    Proxy proxy = make(limits);
    proxy.start();
    return proxy;
  }

  private <T extends AutoCloseable> T open(T closeable) {
    open.push(closeable);
    return closeable;
  }

  private Backend echo() {
    return open(new EchoBackend());
  }

  private Target closedPort() {
    return open(new ClosedPort()).target();
  }

  private TestClient client(Proxy proxy) throws IOException {
    return open(new TestClient(proxy.address(), timeout()));
  }

  private int exchange(Proxy proxy, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      try (TestClient client = new TestClient(proxy.address(), timeout())) {
        assertThat(client.exchange("hello " + i)).isEqualTo("hello " + i);
      }
    }
    return times;
  }

  /** Returns whether a client is rejected, or disconnected at once. */
  private boolean refuses(Proxy proxy) {
    int before = tokens.taken().size();
    try (TestClient client = new TestClient(proxy.address(), SOON)) {
      client.awaitEnd();
      return tokens.taken().size() == before;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException | IllegalStateException e) {
      return true;
    }
  }

  private List<FakeTokenSource.Release> released(int count) {
    awaiting(count + " tokens released").until(() -> tokens.releases().size() >= count);
    return tokens.releases();
  }

  private static boolean endsByReset(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      in.transferTo(OutputStream.nullOutputStream());
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Sends the pattern of seed 1, and lets the reader begin as soon as the sender has. */
  private static void burst(Socket socket, CountDownLatch begun) throws IOException {
    Pattern pattern = new Pattern(1);
    int first = 64 * 1024;
    socket.getOutputStream().write(pattern.bytes(0, first));
    begun.countDown();
    for (long sent = first; sent < BURST; ) {
      int chunk = (int) Math.min(256 * 1024, BURST - sent);
      socket.getOutputStream().write(pattern.bytes(sent, chunk));
      sent += chunk;
    }
  }

  /** Reads to the end, at first a little at a time. */
  private static long readSlowly(Pattern pattern, InputStream in) throws IOException {
    long read = 0;
    for (int i = 0; i < 2000; i++) {
      read += pattern.readFrom(in, read, 997);
    }
    long rest;
    do {
      rest = pattern.readFrom(in, read, 1 << 20);
      read += rest;
    } while (rest > 0);
    return read;
  }

  private void await(CountDownLatch latch) {
    awaiting("the sender has begun").until(() -> latch.getCount() == 0);
  }

  /** Waits until a number does not change any more, or is too large anyway. */
  private void awaitStandstill(Callable<Long> number) {
    awaitStandstill(number, 100);
  }

  private void awaitStandstill(Callable<Long> number, int times) {
    AtomicLong last = new AtomicLong(-1);
    AtomicLong same = new AtomicLong();
    awaiting("a standstill")
        .until(
            () -> {
              long now = number.call();
              same.set(last.getAndSet(now) == now ? same.get() + 1 : 0);
              return same.get() == times || now >= MORE_THAN_BUFFERS;
            });
  }

  private ConditionFactory awaiting(String what) {
    return Awaitility.await(what)
        .atMost(timeout())
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5));
  }
}
