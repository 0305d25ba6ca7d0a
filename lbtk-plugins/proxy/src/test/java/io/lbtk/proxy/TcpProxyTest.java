package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Shortage;
import io.lbtk.api.StartException;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.net.IpV6;
import io.lbtk.net.NoLeaks;
import io.lbtk.proxy.header.ProxyProtocol;
import io.lbtk.proxy.limits.CidrBlock;
import io.lbtk.proxy.limits.RetryRate;
import io.lbtk.proxy.token.DemandKey;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.FullBackend;
import io.lbtk.testkit.Pattern;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every proxy for TCP does beyond the contract of proxies; a subclass for each engine. */
@ExtendWith(NoLeaks.class)
abstract class TcpProxyTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  final FakeTokenSource tokens = new FakeTokenSource();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    assertThat(tokens.live()).as("tokens not released").isZero();
    assertThat(tokens.waiting()).as("demands that wait").isZero();
    assertThat(tokens.repeatedReleases()).as("tokens released twice").isZero();
  }

  @Test
  void aClientThatEndsWhileItWaitsCostsNoToken() throws Exception {
    TcpProxy proxy = start(builder());
    Socket client = connect(proxy);
    tokens.awaitWaiting(1);

    client.close();

    await().until(() -> tokens.waiting() == 0);
    await().until(() -> proxy.connections() == 0);
    assertThat(tokens.taken()).isEmpty();
  }

  @Test
  void aClientThatHasAskedAndEndedStillGetsItsAnswer() throws Exception {
    TcpProxy proxy = start(builder().loops(1));
    Socket client = connect(proxy);
    client.getOutputStream().write("question".getBytes(StandardCharsets.UTF_8));
    client.shutdownOutput();
    tokens.awaitWaiting(1);
    // When the proxy has seen this one leave, it has looked after the other, too.
    Socket leaving = connect(proxy);
    tokens.awaitWaiting(2);
    leaving.close();
    await().until(() -> tokens.waiting() == 1);

    tokens.give(echo());

    assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("question");
  }

  @Test
  void aClientThatEndsWhileItsTargetIsConnectedToGivesTheTokenBackUnused() throws Exception {
    FullBackend full = open(new FullBackend());
    assumeTrue(full.isFull(), "connections can be left waiting on this system");
    tokens.give(full.target());
    TcpProxy proxy = start(builder());
    Socket client = connect(proxy);
    tokens.awaitTaken(1);

    client.close();

    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.UNUSED);
    await().until(() -> proxy.connections() == 0);
  }

  @Test
  void anAnswerArrivesWholeAlthoughTheTargetHasGoneAndTheClientStillSends() throws Exception {
    int length = 50_000;
    Backend impatient =
        open(
            new Backend(
                socket -> {
                  int first = socket.getInputStream().read();
                  assertThat(first).isNotNegative();
                  new Pattern(1).writeTo(socket.getOutputStream(), length);
                  socket.shutdownOutput();
                  // Closed with input unread: all that comes is answered by a reset.
                }));
    tokens.always(impatient.target());
    TcpProxy proxy = start(builder());

    for (int i = 0; i < 50; i++) {
      Socket client = connect(proxy);
      Future<?> sending = sendForEver(client);
      assertThat(new Pattern(1).readAll(client.getInputStream())).isEqualTo(length);
      client.close();
      sending.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatAClientSentArrivesWholeAlthoughItHasGoneAndTheTargetStillSends() throws Exception {
    int length = 40_000;
    BlockingQueue<Long> received = new LinkedBlockingQueue<>();
    Backend chatty =
        open(
            new Backend(
                socket -> {
                  long first = new Pattern(1).readFrom(socket.getInputStream(), 0, 1);
                  Future<?> sending = sendForEver(socket);
                  long rest =
                      new Pattern(1).readFrom(socket.getInputStream(), first, Long.MAX_VALUE);
                  received.add(first + rest);
                  socket.close();
                  sending.cancel(true);
                }));
    tokens.always(chatty.target());
    TcpProxy proxy = start(builder());

    for (int i = 0; i < 50; i++) {
      Socket client = connect(proxy);
      client.getOutputStream().write(new Pattern(1).bytes(0, length));
      client.close();
      assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo(length);
    }
  }

  @Test
  void whatASlowReaderHasNotTakenIsNotLostToTheFinTimeout() throws Exception {
    Backend backend =
        open(
            new Backend(
                socket -> {
                  int length = new DataInputStream(socket.getInputStream()).readInt();
                  new Pattern(1).writeTo(socket.getOutputStream(), length);
                  socket.shutdownOutput();
                  socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                }));
    tokens.always(backend.target());
    TcpProxy proxy = start(builder().loops(1).finTimeout(Duration.ofMillis(1)));

    // For some of these lengths the kernel has no room for the last of it.
    Map<Socket, Integer> waiting = new LinkedHashMap<>();
    for (int length = 200_000; length <= 6_000_000; length += 200_000) {
      waiting.put(askFor(proxy, length), length);
    }
    tokens.awaitTaken(waiting.size());
    // When the tunnel of this one has ended by its timeout, those of the others had the time to.
    askFor(proxy, 0);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                tokens.releases().stream().anyMatch(release -> release.outcome().bytesDown() == 0));

    for (Map.Entry<Socket, Integer> one : waiting.entrySet()) {
      InputStream in = one.getKey().getInputStream();
      assertThat(new Pattern(1).readAll(in)).isEqualTo(one.getValue().longValue());
    }
  }

  private Socket askFor(TcpProxy proxy, int length) throws IOException {
    Socket client = open(new Socket());
    client.setReceiveBufferSize(4096);
    client.setSoTimeout(30_000);
    client.connect(proxy.address());
    new DataOutputStream(client.getOutputStream()).writeInt(length);
    return client;
  }

  @Test
  void targetsThatAreKnownToFailAreNotTriedBeyondTheBudget() throws Exception {
    tokens.always(closed(), closed(), closed(), closed());
    try (RecordedLog log = new RecordedLog(TcpProxy.class)) {
      TcpProxy proxy = start(builder().attempts(16).retryBudget(RetryRate.parse("0% + 0/s")));

      assertThat(connect(proxy).getInputStream().read()).isEqualTo(-1);
      assertThat(tokens.taken()).as("each of four once").hasSize(4);
      assertThat(connect(proxy).getInputStream().read()).isEqualTo(-1);
      assertThat(tokens.taken()).as("and two by the second connection").hasSize(6);

      assertThat(log.lines())
          .filteredOn(line -> line.contains("without a retry"))
          .singleElement()
          .asString()
          .contains("retry budget exhausted (0% + 0/s)");
    }
  }

  @Test
  void theBudgetFailsNoClientWhileATargetIsLeftThatWorks() throws Exception {
    Target echo = echo();
    Target[] all = {closed(), closed(), closed(), closed(), echo};
    tokens.always(all);
    TcpProxy proxy = start(builder().attempts(5).retryBudget(RetryRate.parse("0% + 0/s")));

    for (int i = 0; i < 50; i++) {
      assertThat(exchange(proxy, "hello")).isEqualTo("hello");
    }
  }

  @Test
  void retriesPreferTargetsThatAreNotKnownToFail() throws Exception {
    Target[] dead = {closed(), closed(), closed(), closed()};
    Target echo = echo();
    TcpProxy proxy = start(builder().attempts(2));
    for (Target one : dead) {
      tokens.give(one, one);
      assertThat(connect(proxy).getInputStream().read()).isEqualTo(-1);
      tokens.give(echo);
      assertThat(exchange(proxy, "hello")).isEqualTo("hello");
    }
    int before = tokens.demands().size();

    tokens.give(dead[0]).always(dead[1], dead[2], dead[3], echo);

    assertThat(exchange(proxy, "hello")).isEqualTo("hello");
    assertThat(tokens.demands()).hasSize(before + 2);
    assertThat(tokens.demands().get(before).excluded()).as("a first attempt").isEmpty();
  }

  @Test
  void aTargetThatDoesNotAnswerCostsNoBudgetWhereAnotherWorks() throws Exception {
    FullBackend full = open(new FullBackend());
    assumeTrue(full.isFull(), "a backend can let its clients wait");
    tokens.give(full.target()).always(echo());
    TcpProxy proxy =
        start(
            builder()
                .connectTimeout(Duration.ofMillis(100))
                .retryBudget(RetryRate.parse("0% + 0/s")));

    assertThat(exchange(proxy, "hello")).isEqualTo("hello");
  }

  /** A target that resets each connection as soon as it has accepted it. */
  private Target resetting() {
    return open(new Backend(Backend::reset)).target();
  }

  @Test
  void aTargetThatAcceptsAndResetsIsLeftForAnother() throws Exception {
    Target resetting = resetting();
    tokens.give(resetting).always(echo());
    TcpProxy proxy = start(builder());
    Socket client = connect(proxy);

    assertThat(tokens.awaitReleases(1).get(0).outcome().kind()).isIn(Kind.RESET, Kind.REFUSED);
    assertThat(exchange(client, 7)).isEqualTo(7);

    assertThat(tokens.demands().get(1).excluded()).containsExactly(resetting.hostPort());
    client.close();
    assertThat(tokens.awaitReleases(2).get(1).outcome().bytesUp()).isOne();
  }

  @Test
  void aTargetThatTakesTheHeaderAndResetsIsLeftForAnotherThatGetsItToo() throws Exception {
    Target resetting = open(new Backend(TcpProxyTest::readLineAndReset)).target();
    Target other =
        open(new Backend(
                socket -> {
                  String header = readLine(socket);
                  socket.getOutputStream().write((header + "!").getBytes(StandardCharsets.UTF_8));
                  socket.getInputStream().transferTo(socket.getOutputStream());
                }))
            .target();
    tokens.give(resetting).always(other);
    try (RecordedLog log = new RecordedLog(TcpProxy.class)) {
      TcpProxy proxy = start(builder().proxyProtocol(ProxyProtocol.V1));
      Socket client = connect(proxy);

      String header =
          "PROXY TCP4 127.0.0.1 127.0.0.1 %d %d\r\n!"
              .formatted(client.getLocalPort(), proxy.address().getPort());
      assertThat(client.getInputStream().readNBytes(header.length())).asString().isEqualTo(header);
      assertThat(exchange(client, 7)).isEqualTo(7);

      assertThat(tokens.kinds()).containsExactly(Kind.RESET);
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains(resetting.hostPort(), "reset before any byte was relayed");
    }
  }

  private static String readLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.indexOf("\n") < 0) {
      line.append((char) socket.getInputStream().read());
    }
    return line.toString();
  }

  private static void readLineAndReset(Socket socket) throws IOException {
    readLine(socket);
    Backend.reset(socket);
  }

  @Test
  void aClientIsResetWhereTheOnlyTargetDoesSo() throws Exception {
    tokens.always(resetting());
    TcpProxy proxy = start(builder());
    Socket client = connect(proxy);

    try {
      // Refused rather than reset if the reset was faster than the proxy: then there is an end.
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    tokens.awaitReleases(1);
    awaitNoConnection(proxy);
    assertThat(tokens.taken()).hasSize(1);
  }

  @Test
  void aTargetThatAcceptsAndClosesHasServedItsClient() throws Exception {
    tokens.give(open(new Backend(socket -> {})).target()).always(echo());
    TcpProxy proxy = start(builder());

    try (Socket client = connect(proxy)) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    awaitNoConnection(proxy);
    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
  }

  @Test
  void aResetAfterAByteOfTheClientIsNotTriedAgainButLogged() throws Exception {
    Backend resetting = open(Backend.resetting());
    tokens.give(resetting.target()).always(echo());
    try (RecordedLog log = new RecordedLog(TcpProxy.class)) {
      TcpProxy proxy = start(builder().name("proxy.front"));
      Socket client = connect(proxy);
      resetting.awaitConnections(1);

      assertThatThrownBy(() -> exchange(client, 7)).isInstanceOf(SocketException.class);

      tokens.awaitReleases(1);
      assertThat(tokens.kinds()).containsExactly(Kind.RESET);
      assertThat(tokens.taken()).hasSize(1);
      assertThat(log.lines())
          .containsExactly(
              "proxy.front: target %s: connection reset by the target"
                  .formatted(resetting.target().hostPort()));
    }
  }

  @Test
  void clientsThatResetTheirConnectionsAreLoggedOnce() throws Exception {
    tokens.always(echo());
    try (RecordedLog log = new RecordedLog(TcpProxy.class)) {
      TcpProxy proxy = start(builder().name("proxy.front"));
      for (int i = 0; i < 20; i++) {
        Socket client = connect(proxy);
        assertThat(exchange(client, 7)).isEqualTo(7);
        Backend.reset(client);
      }
      tokens.awaitReleases(20);
      awaitNoConnection(proxy);

      assertThat(log.lines()).containsExactly("proxy.front: connection reset by a client");
    }
  }

  @Test
  void noByteIsLostOrDoubledWhereTargetsResetAtOnce() throws Exception {
    tokens.always(resetting(), echo());
    TcpProxy proxy = start(builder().attempts(2));
    int clients = 500;
    int served = 0;
    for (int i = 0; i < clients; i++) {
      try (Socket client = connect(proxy)) {
        client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
        client.shutdownOutput();
        String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answer).isIn("hello", "");
        served += answer.isEmpty() ? 0 : 1;
      } catch (SocketException e) {
        // What it said had gone to the target that has reset the connection.
        assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
      }
    }
    awaitNoConnection(proxy);
    assertThat(served).isGreaterThanOrEqualTo(clients / 4);
  }

  @Test
  void aConnectionWhoseClientHasGoneEndsThoughItsTargetSendsWithoutEnd() throws Exception {
    tokens.always(open(new Backend(TcpProxyTest::sendWithoutEnd)).target());
    TcpProxy proxy = start(builder().finTimeout(Duration.ofMillis(500)));
    for (int i = 0; i < 20; i++) {
      try (Socket client = connect(proxy)) {
        client.getInputStream().readNBytes(100_000);
        if (i % 2 == 0) {
          client.shutdownOutput();
        }
      }
    }

    awaitNoConnection(proxy);
    tokens.awaitReleases(20);
  }

  private static void sendWithoutEnd(Socket socket) throws IOException {
    byte[] bytes = new byte[65_536];
    for (int i = 0; i < 1_000_000; i++) {
      socket.getOutputStream().write(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100_000})
  void aClientThatWritesToATargetThatHasClosedIsReset(int length) throws Exception {
    tokens.always(open(new Backend(socket -> socket.getInputStream().read())).target());
    TcpProxy proxy = start(builder().finTimeout(Duration.ofMillis(500)));
    Socket client = connect(proxy);
    client.getOutputStream().write(1);
    assertThat(client.getInputStream().read()).as("the end of the target").isEqualTo(-1);

    await().atMost(Duration.ofSeconds(30)).until(() -> isRefused(client, new byte[length]));

    awaitNoConnection(proxy);
    tokens.awaitReleases(1);
  }

  private static boolean isRefused(Socket client, byte[] bytes) {
    try {
      client.getOutputStream().write(bytes);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static void awaitNoConnection(TcpProxy proxy) {
    await().atMost(Duration.ofSeconds(30)).until(() -> proxy.connections() == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "*"})
  void aProxyIsNoTargetOfItself(String host) throws Exception {
    TcpProxy proxy = start(builder().listen(host + ":0").tokenTimeout(LONG));
    Target itself = Target.of("127.0.0.1", proxy.address().getPort());
    tokens.always(itself);
    try (RecordedLog log = new RecordedLog(TcpProxy.class)) {
      assertThat(connectTo(itself).getInputStream().read()).isEqualTo(-1);

      awaitNoConnection(proxy);
      assertThat(tokens.kinds()).containsExactly(Kind.REFUSED);
      assertThat(log.lines())
          .anySatisfy(line -> assertThat(line).contains(itself.hostPort(), "the proxy itself"));
    }

    tokens.always(itself, echo());
    for (int i = 0; i < 10; i++) {
      assertThat(exchange(connectTo(itself), 7)).isEqualTo(7);
    }
  }

  @Test
  void aProxyIsNoTargetOfItselfByItsNameEither() throws Exception {
    TcpProxy proxy = start(builder().listen("*:0"));
    Target itself = Target.of("localhost", proxy.address().getPort());
    tokens.always(itself);

    assertThat(connectTo(Target.of("127.0.0.1", itself.port())).getInputStream().read())
        .isEqualTo(-1);

    awaitNoConnection(proxy);
    assertThat(tokens.kinds()).containsExactly(Kind.REFUSED);
  }

  private Socket connectTo(Target target) throws IOException {
    Socket client = open(new Socket(target.host(), target.port()));
    client.setSoTimeout(30_000);
    return client;
  }

  @Test
  void theWaitForATokenIsNotTakenFromTheTimeForAttempts() throws Exception {
    tokens.give(echo());
    TcpProxy proxy =
        start(
            builder().attemptsTimeout(Duration.ofSeconds(2)).idleTimeout(Duration.ofMillis(2500)));
    Socket idle = connect(proxy);
    idle.getOutputStream().write(1);
    assertThat(idle.getInputStream().read()).isEqualTo(1);
    Socket waiting = connect(proxy);
    waiting.getOutputStream().write(7);
    tokens.awaitWaiting(1);
    assertThat(idle.getInputStream().read()).as("ended, as nothing moved").isEqualTo(-1);

    // The other has waited for longer now than its attempts may take.
    tokens.give(closed()).always(echo());

    assertThat(waiting.getInputStream().read()).isEqualTo(7);
  }

  @Test
  void whatIsBeyondTheLimitWaitsUntilAConnectionEnds() throws Exception {
    tokens.always(echo());
    TcpProxy proxy = start(builder().maxConnections(3));
    List<Socket> within = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      within.add(connect(proxy));
      assertThat(exchange(within.get(i), i)).isEqualTo(i);
    }
    List<Socket> beyond = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      beyond.add(connect(proxy));
      beyond.get(i).getOutputStream().write(i);
    }
    // A connection that is not accepted gets no token.
    assertThat(tokens.taken()).hasSize(3);
    assertThat(proxy.connections()).isEqualTo(3);

    List<Future<?>> ends = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Socket client = beyond.get(i);
      int answer = i;
      ends.add(
          background(
              () -> {
                assertThat(client.getInputStream().read()).isEqualTo(answer);
                assertThat(proxy.connections()).isLessThanOrEqualTo(3);
                client.close();
              }));
    }
    for (Socket client : within) {
      client.close();
    }
    for (Future<?> end : ends) {
      end.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoIsNotAllowedOrDeniedIsClosedWithoutAToken() throws Exception {
    tokens.always(echo());
    TcpProxy allowing = start(builder().allow(blocks("127.0.0.2", "10.0.0.0/8")));
    TcpProxy denying = start(builder().deny(blocks("127.0.0.2/31")));

    assertThat(exchange(connectFrom("127.0.0.2", allowing), 1)).isEqualTo(1);
    assertThat(exchange(connectFrom("127.0.0.1", denying), 2)).isEqualTo(2);
    assertThat(connectFrom("127.0.0.1", allowing).getInputStream().read()).isEqualTo(-1);
    assertThat(connectFrom("127.0.0.2", denying).getInputStream().read()).isEqualTo(-1);

    assertThat(tokens.taken()).hasSize(2);
    await().until(() -> allowing.connections() == 1 && denying.connections() == 1);
  }

  @Test
  void oneClientCannotTakeMoreConnectionsThanIsSaid() throws Exception {
    tokens.always(echo());
    TcpProxy proxy = start(builder().maxConnectionsPerClient(2));
    Socket first = connectFrom("127.0.0.1", proxy);
    assertThat(exchange(first, 1)).isEqualTo(1);
    assertThat(exchange(connectFrom("127.0.0.1", proxy), 2)).isEqualTo(2);

    assertThat(connectFrom("127.0.0.1", proxy).getInputStream().read()).isEqualTo(-1);
    assertThat(exchange(connectFrom("127.0.0.2", proxy), 3)).isEqualTo(3);
    first.close();
    await().until(() -> proxy.connections() == 2);

    assertThat(exchange(connectFrom("127.0.0.1", proxy), 4)).isEqualTo(4);
  }

  private static List<CidrBlock> blocks(String... texts) {
    return Stream.of(texts).map(CidrBlock::parse).toList();
  }

  private Socket connectFrom(String address, TcpProxy proxy) throws IOException {
    Socket client = open(new Socket());
    client.bind(new InetSocketAddress(address, 0));
    client.connect(proxy.address());
    client.setSoTimeout(30_000);
    return client;
  }

  @Test
  void noMoreConnectionsAreAcceptedInASecondThanIsSaid() throws Exception {
    tokens.always(echo());
    TcpProxy proxy = start(builder().maxConnectionRate(40));
    long begun = System.nanoTime();

    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      clients.add(connect(proxy));
    }
    for (int i = 0; i < 30; i++) {
      assertThat(exchange(clients.get(i), i)).isEqualTo(i);
    }

    // But for a burst of a tenth of a second and one for each loop.
    Duration least = Duration.ofSeconds(1).multipliedBy(30 - 4 - 2).dividedBy(40);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(least);
  }

  @Test
  void aTunnelEndsAfterItsLifetimeWhateverMovesInIt() throws Exception {
    tokens.always(echo());
    TcpProxy proxy = start(builder().maxLifetime(Duration.ofMillis(300)));
    Socket client = connect(proxy);

    assertThatThrownBy(
            () -> {
              for (int i = 0; exchange(client, i & 0x7f) >= 0; i++) {}
              throw new IOException("the end");
            })
        .isInstanceOf(IOException.class);
    assertThat(tokens.awaitReleases(1).get(0).outcome().sessionTime().orElseThrow())
        .isGreaterThanOrEqualTo(Duration.ofMillis(270));
  }

  @Test
  void asManyTargetsAreTriedAsIsSaid() throws Exception {
    tokens.give(closed(), closed(), closed(), closed()).always(echo());
    TcpProxy proxy = start(builder().attempts(5));

    assertThat(exchange(proxy, "hello")).isEqualTo("hello");

    tokens.awaitReleases(4);
    assertThat(tokens.demands().get(4).excluded()).hasSize(4);
  }

  @Test
  void aSourceThatCannotExcludeIsNotAskedForEver() throws Exception {
    tokens.always(closed());
    TcpProxy proxy = start(builder().tokens(careless()));

    assertThat(connect(proxy).getInputStream().read()).isEqualTo(-1);

    awaitNoConnection(proxy);
    assertThat(tokens.kinds()).hasSizeBetween(10, 100).startsWith(Kind.REFUSED, Kind.UNUSED);
    assertThat(tokens.kinds().subList(1, tokens.kinds().size())).containsOnly(Kind.UNUSED);
  }

  @Test
  void aSourceThatCannotExcludeIsAskedUntilItGivesAnotherTarget() throws Exception {
    Target closed = closed();
    Target echo = echo();
    TcpProxy proxy = start(builder().tokens(careless()).retryBudget(RetryRate.parse("0% + 0/s")));
    for (int i = 0; i < 20; i++) {
      tokens.give(closed, closed, closed, closed, echo);

      assertThat(exchange(proxy, "hello")).isEqualTo("hello");
    }
  }

  /** A source that gives any target, whatever a demand excludes. */
  private TokenSource careless() {
    return new TokenSource() {
      @Override
      public CompletableFuture<Token> take(Demand demand) {
        return tokens.take(Demand.any());
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void aSourceThatThrowsClosesTheClientAlone() throws Exception {
    TokenSource broken =
        new TokenSource() {
          @Override
          public CompletableFuture<Token> take(Demand demand) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void close() {}
        };
    TcpProxy proxy = start(builder().tokens(broken));

    for (int i = 0; i < 3; i++) {
      assertThat(connect(proxy).getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void anErrorOfTheTokenSourceEndsItsClientAlone() throws Exception {
    tokens.always(echo());
    FailingSource failing = new FailingSource(tokens);
    TcpProxy proxy = start(builder().tokens(failing).loops(1));
    Socket other = connect(proxy);
    assertThat(exchange(other, 7)).isEqualTo(7);

    failing.failsToTake = true;
    for (int i = 0; i < 20; i++) {
      assertThat(connect(proxy).getInputStream().read()).isEqualTo(-1);
    }
    failing.failsToTake = false;

    assertThat(exchange(other, 7)).isEqualTo(7);
    assertThat(exchange(proxy, "hello")).isEqualTo("hello");
  }

  @Test
  void anErrorAtTheReturnOfATokenCostsNoLoopAndNoPlace() throws Exception {
    tokens.always(echo());
    FailingSource failing = new FailingSource(tokens);
    TcpProxy proxy = start(builder().tokens(failing).loops(1).maxConnections(2));

    failing.failsToRelease = true;
    for (int i = 0; i < 20; i++) {
      assertThat(exchange(proxy, "hello")).isEqualTo("hello");
      awaitNoConnection(proxy);
    }
    failing.failsToRelease = false;

    assertThat(exchange(proxy, "hello")).isEqualTo("hello");
  }

  /** A source that throws an Error where the test says so. */
  private static final class FailingSource implements TokenSource {

    private final TokenSource source;
    private volatile boolean failsToTake;
    private volatile boolean failsToRelease;

    FailingSource(TokenSource source) {
      this.source = source;
    }

    private static void failIf(boolean fails) {
      if (fails) {
        throw new NoClassDefFoundError("thrown by the test");
      }
    }

    @Override
    public CompletableFuture<Token> take(Demand demand) {
      failIf(failsToTake);
      return source.take(demand).thenApply(this::failing);
    }

    private Token failing(Token token) {
      return new Token() {
        @Override
        public Target target() {
          return token.target();
        }

        @Override
        public void release(Outcome outcome) {
          token.release(outcome);
          failIf(failsToRelease);
        }
      };
    }

    @Override
    public void close() {}
  }

  @Test
  void theAddressOfTheClientIsTheKeyOfItsDemand() throws Exception {
    tokens.always(echo());
    TcpProxy proxy = start(builder().key(DemandKey.CLIENT_ADDRESS));

    exchange(proxy, "hello");

    assertThat(tokens.demands().get(0).key()).contains("127.0.0.1");
  }

  @Test
  void aDemandHasNoKeyUnlessItIsAskedFor() throws Exception {
    tokens.always(echo());

    exchange(start(builder()), "hello");

    assertThat(tokens.demands().get(0).key()).isEmpty();
  }

  @Test
  void eachLoopUsesItsOwnSourceOnItsOwnThread() throws Exception {
    tokens.always(echo());
    List<LoopSource> sources = new CopyOnWriteArrayList<>();
    TcpProxy proxy =
        start(
            builder()
                .loops(3)
                .tokens(
                    loop -> {
                      LoopSource source = new LoopSource(loop, tokens);
                      sources.add(source);
                      return source;
                    }));

    for (int i = 0; i < 30; i++) {
      exchange(proxy, "hello");
    }
    proxy.close();

    assertThat(sources).hasSize(3);
    assertThat(sources).allSatisfy(source -> assertThat(source.threads()).hasSize(1));
    assertThat(sources).allMatch(source -> source.closed);
  }

  @Test
  void aSourceThatIsSharedStaysOpen() throws Exception {
    tokens.always(echo());
    TcpProxy proxy = start(builder());
    exchange(proxy, "hello");

    proxy.close();

    assertThat(tokens.isClosed()).isFalse();
  }

  @Test
  void sourcesAreClosedIfTheProxyCannotStart() throws Exception {
    List<LoopSource> sources = new CopyOnWriteArrayList<>();
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      TcpProxy proxy =
          builder()
              .listen("127.0.0.1:" + other.getLocalPort())
              .tokens(
                  loop -> {
                    LoopSource source = new LoopSource(loop, tokens);
                    sources.add(source);
                    return source;
                  })
              .build();

      assertThatThrownBy(proxy::start).isInstanceOf(StartException.class);
    }
    assertThat(sources).isNotEmpty().allMatch(source -> source.closed);
  }

  @Test
  void noTokenIsLostWhenItDrainsUnderLoadWithTargetsThatRefuse() throws Exception {
    tokens.always(echo(), closed(), echo(), closed());
    TcpProxy proxy = start(builder().loops(2).retryBudget(RetryRate.parse("1000%")));
    ExecutorService clients = Executors.newFixedThreadPool(8);
    open.add(clients::shutdownNow);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      running.add(clients.submit(() -> exchangeUntilRefused(proxy)));
    }
    tokens.awaitTaken(300);

    proxy.drain(Duration.ofSeconds(20)).get(30, TimeUnit.SECONDS);

    assertThat(proxy.connections()).isZero();
    assertThat(tokens.live()).isZero();
    for (Future<?> one : running) {
      one.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatDoesNotEndByItselfIsClosedPartByPartWhileItDrains() throws Exception {
    tokens.always(echo());
    TcpProxy proxy = start(builder());
    for (int i = 0; i < 100; i++) {
      assertThat(exchange(connect(proxy), 1)).isEqualTo(1);
    }
    Set<Integer> seen = new HashSet<>();

    CompletableFuture<Void> drained = proxy.drain(Duration.ofSeconds(2));
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              seen.add(proxy.connections());
              return drained.isDone();
            });

    assertThat(seen).as("how many were open").contains(0).hasSizeGreaterThan(5);
    assertThat(tokens.kinds()).hasSize(100).containsOnly(Kind.CLOSED);
  }

  @Test
  void noTokenIsLostWhenItClosesUnderLoad() throws Exception {
    tokens.always(echo(), closed(), echo());
    TcpProxy proxy = start(builder().loops(2));
    ExecutorService clients = Executors.newFixedThreadPool(8);
    open.add(clients::shutdownNow);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      running.add(clients.submit(() -> exchangeUntilRefused(proxy)));
    }
    tokens.awaitTaken(300);

    proxy.close();

    assertThat(tokens.live()).isZero();
    for (Future<?> one : running) {
      one.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void ipV6WorksOnBothSides() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, IpV6.loopback())) {
      tokens.always(Target.of("::1", server.getLocalPort()));
      TcpProxy proxy = start(builder().listen("[::1]:0"));
      Socket client = connect(proxy);
      try (Socket accepted = server.accept()) {
        accepted.getOutputStream().write('6');
        assertThat(client.getInputStream().read()).isEqualTo('6');
      }
    }
  }

  @Test
  void whatIsWrongWithAnAddressIsSaidWithTheAddress() {
    assertRefused("nowhere", "nowhere", "host:port");
    assertRefused("127.0.0.1:99999", "127.0.0.1:99999", "0 to 65535");
    assertRefused("::1:80", "::1:80", "brackets");
    assertRefused("no-such-host.invalid:80", "no-such-host.invalid:80", "unknown host");
    assertRefused("192.0.2.1:0", "192.0.2.1:0", "not one of this machine");
  }

  private void assertRefused(String address, String... words) {
    assertThatThrownBy(() -> start(builder().name("proxy.front").listen(address)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("proxy.front")
        .hasMessageContainingAll(words);
  }

  @Test
  void aProxyWithoutAnAddressOrTokensIsNotMade() {
    assertThatThrownBy(() -> TcpProxy.nio().tokens(tokens).build())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> TcpProxy.nio().listen("127.0.0.1:0").build())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theBuilderCanMakeTwoThatHaveNothingInCommon() throws Exception {
    tokens.always(echo());
    TcpProxy.Builder builder = builder();
    TcpProxy first = start(builder);
    TcpProxy second = start(builder.attempts(1));

    first.close();

    assertThat(exchange(second, "hello")).isEqualTo("hello");
  }

  @Test
  void aClosedSourceIsToldToTheLogOnce() throws Exception {
    tokens.refuse(Shortage.CLOSED);
    try (RecordedLog log = new RecordedLog(TcpProxy.class)) {
      TcpProxy proxy = start(builder().name("proxy.front"));
      for (int i = 0; i < 20; i++) {
        assertThat(connect(proxy).getInputStream().read()).isEqualTo(-1);
      }

      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0)).contains("proxy.front", "token source is closed");
    }
  }

  @Test
  void aTargetThatRefusesIsToldToTheLogOnce() throws Exception {
    Target closed = closed();
    tokens.always(closed);
    try (RecordedLog log = new RecordedLog(TcpProxy.class)) {
      TcpProxy proxy = start(builder().attempts(1));
      for (int i = 0; i < 20; i++) {
        assertThat(connect(proxy).getInputStream().read()).isEqualTo(-1);
      }

      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0))
          .endsWith("target " + closed.hostPort() + ": connection refused");
    }
  }

  /** A builder for the engine under test. */
  abstract TcpProxy.Builder newBuilder();

  TcpProxy.Builder builder() {
    return newBuilder()
        .listen("127.0.0.1:0")
        .tokens(tokens)
        .loops(2)
        .connectTimeout(LONG)
        .attemptsTimeout(LONG)
        .tokenTimeout(LONG)
        .idleTimeout(LONG)
        .finTimeout(LONG);
  }

  TcpProxy start(TcpProxy.Builder builder) {
    TcpProxy proxy = open(builder.build());
    proxy.start();
    return proxy;
  }

  <T extends AutoCloseable> T open(T closeable) {
    open.add(closeable);
    return closeable;
  }

  Target echo() {
    return open(new EchoBackend()).target();
  }

  private Target closed() {
    return open(new ClosedPort()).target();
  }

  Socket connect(TcpProxy proxy) throws IOException {
    Socket client = open(new Socket(proxy.address().getAddress(), proxy.address().getPort()));
    client.setSoTimeout(30_000);
    return client;
  }

  private String exchange(TcpProxy proxy, String text) throws IOException {
    try (Socket client = connect(proxy)) {
      client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return new String(client.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8);
    }
  }

  private static int exchange(Socket client, int value) throws IOException {
    client.getOutputStream().write(value);
    return client.getInputStream().read();
  }

  private static int exchangeUntilRefused(TcpProxy proxy) {
    int count = 0;
    while (true) {
      try (Socket client = new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
        client.setSoTimeout(30_000);
        client.getOutputStream().write(1);
        if (client.getInputStream().read() != 1) {
          continue;
        }
        count++;
      } catch (IOException e) {
        if (proxy.connections() == 0) {
          return count;
        }
      }
    }
  }

  Future<?> sendForEver(Socket socket) {
    return background(
        () -> {
          byte[] chunk = new byte[8192];
          OutputStream out = socket.getOutputStream();
          while (!socket.isClosed()) {
            out.write(chunk);
          }
        });
  }

  private interface Work {
    void run() throws IOException;
  }

  private Future<?> background(Work work) {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    open.add(thread::shutdownNow);
    return thread.submit(
        () -> {
          try {
            work.run();
          } catch (IOException e) {
            // The other side has ended.
          }
        });
  }

  /** A source that notes who uses it. */
  private static final class LoopSource implements TokenSource {

    private final Executor loop;
    private final TokenSource source;
    private final List<Thread> users = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    LoopSource(Executor loop, TokenSource source) {
      this.loop = loop;
      this.source = source;
    }

    List<Thread> threads() {
      return users.stream().distinct().toList();
    }

    @Override
    public CompletableFuture<Token> take(Demand demand) {
      users.add(Thread.currentThread());
      return source.take(demand);
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public String toString() {
      return "source of " + loop;
    }
  }
}
