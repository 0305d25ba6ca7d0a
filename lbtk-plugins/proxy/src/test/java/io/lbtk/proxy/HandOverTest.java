package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.StartException;
import io.lbtk.net.NoLeaks;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnabledOnOs(OS.LINUX)
@ExtendWith(NoLeaks.class)
class HandOverTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FakeTokenSource tokens = new FakeTokenSource();
  private final List<AutoCloseable> open = new ArrayList<>();
  @TempDir private Path folder;
  private Path meetingPlace;

  @BeforeEach
  void anEchoBackend() {
    EchoBackend echo = new EchoBackend();
    open.add(echo);
    tokens.always(echo.target());
    meetingPlace = folder.resolve("front.sock");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    assertThat(tokens.live()).as("tokens not released").isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "2, 1", "1, 3"})
  void noConnectionIsLostUnderLoadHoweverManyLoopsThereAre(int before, int after) throws Exception {
    TcpProxy current = start("127.0.0.1:0", before);
    InetSocketAddress address = current.address();
    AtomicBoolean enough = new AtomicBoolean();
    AtomicLong connections = new AtomicLong();
    ExecutorService clients = Executors.newFixedThreadPool(8);
    open.add(clients::shutdownNow);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      running.add(
          clients.submit(
              () -> {
                while (!enough.get()) {
                  exchange(address);
                  connections.incrementAndGet();
                }
                return null;
              }));
    }

    for (int i = 0; i < 4; i++) {
      long soFar = connections.get();
      await().atMost(PATIENCE).until(() -> connections.get() > soFar + 200);
      TcpProxy next = start(written(address), i % 2 == 0 ? after : before);
      next.takeOver();
      assertThat(current.takenOver()).succeedsWithin(PATIENCE);
      assertThat(current.drain(Duration.ofMinutes(5))).succeedsWithin(PATIENCE);
      current.close();
      current = next;
    }
    enough.set(true);

    for (Future<?> one : running) {
      one.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void connectionsThatAreOpenStayWithTheProcessThatHasThem() throws Exception {
    TcpProxy former = start("127.0.0.1:0", 1);
    try (Socket client = new Socket(former.address().getAddress(), former.address().getPort())) {
      exchange(client);
      TcpProxy next = start(written(former.address()), 1);
      next.takeOver();
      assertThat(former.takenOver()).succeedsWithin(PATIENCE);

      var drained = former.drain(Duration.ofMinutes(5));
      exchange(client);

      assertThat(drained).isNotDone();
      client.shutdownOutput();
      assertThat(drained).succeedsWithin(PATIENCE);
    }
  }

  @Test
  void whoDoesNotTakeOverLeavesTheFormerProcessAsItWas() throws Exception {
    TcpProxy former = start("127.0.0.1:0", 1);
    TcpProxy next = start(written(former.address()), 1);

    next.close();

    for (int i = 0; i < 20; i++) {
      exchange(former.address());
    }
    assertThat(former.takenOver()).isNotDone();
  }

  @Test
  void aProxyThatIsToldToStopAcceptsUntilTheNextHasTakenOver() throws Exception {
    TcpProxy former = start("127.0.0.1:0", 1);

    var awaited = former.awaitSuccessor(Duration.ofMinutes(5));

    exchange(former.address());
    assertThat(awaited).isNotDone();
    TcpProxy next = start(written(former.address()), 1);
    assertThat(awaited).isNotDone();
    next.takeOver();
    assertThat(awaited).succeedsWithin(PATIENCE);
  }

  @Test
  void aProxyWaitsForTheNextNoLongerThanItsTimeoutOrTheLimit() {
    TcpProxy former = start("127.0.0.1:0", 1);

    assertThat(former.awaitSuccessor(Duration.ZERO)).isCompleted();
    assertThat(former.awaitSuccessor(Duration.ofMillis(50))).succeedsWithin(PATIENCE);
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void aProxyThatStopsGivesNothingThatItHasClosedAndTheAddressIsFreeWhenItSaysSo(int loops)
      throws Exception {
    TcpProxy former = start("127.0.0.1:0", loops);
    try (SocketChannel asking = SocketChannel.open(UnixDomainSocketAddress.of(meetingPlace))) {
      ByteBuffer said = ByteBuffer.allocate(16);
      asking.read(said);
      try (Socket client = new Socket(former.address().getAddress(), former.address().getPort())) {
        exchange(client);
        var drained = former.drain(Duration.ofMinutes(5));
        said.clear();

        assertThat(askQuietly(asking, said)).as("the end, without a socket").isNegative();
        TcpProxy next = start(written(former.address()), 1);
        exchange(next.address());
        client.shutdownOutput();
        assertThat(drained).succeedsWithin(PATIENCE);
      }
    }
  }

  /**
   * Asks for the sockets and reads the answer; a connection that is broken is at its end as well.
   */
  private static int askQuietly(SocketChannel channel, ByteBuffer buffer) {
    try {
      channel.write(ByteBuffer.wrap(new byte[] {1}));
      return channel.read(buffer);
    } catch (IOException e) {
      return -1;
    }
  }

  @Test
  void aProxyBindsTheAddressIfTheFormerOneStopsBeforeItHasGivenItsListener() throws Exception {
    try (ServerSocketChannel stopping = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stopping.bind(UnixDomainSocketAddress.of(meetingPlace));
      ExecutorService former = Executors.newSingleThreadExecutor();
      open.add(former::shutdownNow);
      var unused =
          former.submit(
              () -> {
                stopping.accept().close();
                return null;
              });

      TcpProxy proxy = start("127.0.0.1:0", 1);

      exchange(proxy.address());
    }
  }

  @Test
  void anotherAddressThanThatOfTheFormerProcessIsAProblem() throws Exception {
    TcpProxy former = start("127.0.0.1:0", 1);
    TcpProxy next = proxy("127.0.0.1:1", 1);

    assertThatThrownBy(next::start)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("hand-over = " + meetingPlace)
        .hasMessageContaining("listens on /127.0.0.1:" + former.address().getPort());
    exchange(former.address());
  }

  @Test
  void aMeetingPlaceThatNobodyIsAtAnyMoreIsUsedAnew() throws Exception {
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(meetingPlace));
    }
    assertThat(meetingPlace).as("what is left of it").exists();
    TcpProxy first = start("127.0.0.1:0", 1);
    TcpProxy second = start(written(first.address()), 1);

    second.takeOver();

    assertThat(first.takenOver()).succeedsWithin(PATIENCE);
  }

  @Test
  void aFileOfSomebodyElseAtTheMeetingPlaceIsAProblemAndStays() throws Exception {
    Files.writeString(meetingPlace, "precious");
    TcpProxy proxy = proxy("127.0.0.1:0", 1);

    assertThatThrownBy(proxy::start)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("not a socket");
    assertThat(meetingPlace).hasContent("precious");
  }

  @Test
  void aMeetingPlaceThatCannotBeIsAProblemAndThePortIsFreeAgain() throws Exception {
    meetingPlace = folder.resolve("missing").resolve("front.sock");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    TcpProxy proxy = proxy("127.0.0.1:" + port, 1);

    assertThatThrownBy(proxy::start)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("hand-over = " + meetingPlace);
    await()
        .atMost(PATIENCE)
        .ignoreException(IOException.class)
        .until(
            () -> {
              new ServerSocket(port).close();
              return true;
            });
  }

  private TcpProxy proxy(String listen, int loops) {
    TcpProxy proxy =
        TcpProxy.splice()
            .name("front")
            .listen(listen)
            .loops(loops)
            .tokens(tokens)
            .handOver(meetingPlace)
            .build();
    open.add(proxy);
    return proxy;
  }

  private TcpProxy start(String listen, int loops) {
    TcpProxy proxy = proxy(listen, loops);
    proxy.start();
    return proxy;
  }

  private static String written(InetSocketAddress address) {
    return "%s:%d".formatted(address.getAddress().getHostAddress(), address.getPort());
  }

  private static void exchange(InetSocketAddress address) throws IOException {
    try (Socket client = new Socket(address.getAddress(), address.getPort())) {
      exchange(client);
    }
  }

  private static void exchange(Socket client) throws IOException {
    client.setSoTimeout(30_000);
    client.getOutputStream().write(7);
    assertThat(client.getInputStream().read()).isEqualTo(7);
  }
}
