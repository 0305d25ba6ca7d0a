package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.net.NoLeaks;
import io.lbtk.net.OpenDescriptors;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.FakeTokenSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A side whose bytes can no longer be delivered is reset, and the connection ends. */
@ExtendWith(NoLeaks.class)
class UndeliverableBytesTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration FIN_TIMEOUT = Duration.ofMillis(300);
  private static final long PAUSE_NANOS = 5_000_000;
  private static final int PATIENCE_SECONDS = 20;

  private final OpenDescriptors before = OpenDescriptors.now();
  private final FakeTokenSource tokens = new FakeTokenSource();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ServerSocket target;
  @TempDir private Path folder;

  UndeliverableBytesTest() throws IOException {
    target = open(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    tokens.always(Target.of("127.0.0.1", target.getLocalPort()));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    threads.shutdownNow();
    assertThat(tokens.live()).as("tokens not released").isZero();
    assertThat(tokens.repeatedReleases()).as("tokens released twice").isZero();
    before.awaitNoMore();
  }

  private <T extends AutoCloseable> T open(T one) {
    open.push(one);
    return one;
  }

  private Route.Running start(Route route) {
    assumeTrue(route.isAvailable(), "there is no splice here");
    return open(
        route.start(
            tokens, builder -> builder.loops(1).idleTimeout(LONG).finTimeout(FIN_TIMEOUT), folder));
  }

  private Socket connect(Route.Running running) throws IOException {
    Socket client = open(new Socket());
    // Little is on its way that is not read.
    client.setReceiveBufferSize(4096);
    client.connect(running.address());
    client.setSoTimeout(30_000);
    return client;
  }

  private Socket accept() throws IOException {
    target.setSoTimeout(30_000);
    Socket accepted = open(target.accept());
    accepted.setSoTimeout(30_000);
    return accepted;
  }

  /** Writes until that fails; the future completes with the failure. */
  private Future<IOException> writeOn(Socket socket, int chunk, long pauseNanos) {
    CompletableFuture<IOException> failure = new CompletableFuture<>();
    threads.execute(
        () -> {
          byte[] bytes = new byte[chunk];
          try {
            while (true) {
              socket.getOutputStream().write(bytes);
              LockSupport.parkNanos(pauseNanos);
            }
          } catch (IOException e) {
            failure.complete(e);
          }
        });
    return failure;
  }

  private static void assertFails(Future<IOException> writing)
      throws InterruptedException, ExecutionException, TimeoutException {
    assertThat(writing.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasMessageMatching("(?i).*(reset|broken pipe).*");
  }

  private void assertEnded(Route.Running running) {
    await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> running.connections() == 0);
    tokens.awaitReleases(1);
  }

  @ParameterizedTest
  @EnumSource
  void aTargetThatWritesToAClientThatHasClosedIsReset(Route route) throws Exception {
    Route.Running running = start(route);
    Socket client = connect(running);
    Socket accepted = accept();
    Future<IOException> writing = writeOn(accepted, 1, PAUSE_NANOS);
    assertThat(client.getInputStream().read()).isZero();

    client.shutdownOutput();
    assertThat(accepted.getInputStream().read()).isEqualTo(-1);
    client.close();

    assertFails(writing);
    assertEnded(running);
  }

  @ParameterizedTest
  @EnumSource
  void aTargetThatFloodsAClientThatHasClosedIsReset(Route route) throws Exception {
    Route.Running running = start(route);
    Socket client = connect(running);
    Future<IOException> writing = writeOn(accept(), 64 * 1024, 0);
    client.getInputStream().readNBytes(1_000_000 / (route == Route.SPLICE ? 1 : 4));

    client.shutdownOutput();
    client.close();

    assertFails(writing);
    assertEnded(running);
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatOnlyWritesToATargetThatHasClosedIsReset(Route route) throws Exception {
    Route.Running running = start(route);
    Socket client = connect(running);
    accept().close();
    assertThat(client.getInputStream().read()).isEqualTo(-1);

    assertFails(writeOn(client, 1, PAUSE_NANOS));

    assertEnded(running);
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatFloodsATargetThatHasClosedIsReset(Route route) throws Exception {
    Route.Running running = start(route);
    Socket client = connect(running);
    accept().close();
    assertThat(client.getInputStream().read()).isEqualTo(-1);

    assertFails(writeOn(client, 64 * 1024, 0));

    assertEnded(running);
  }

  /** The answer waits for it all the while. */
  @ParameterizedTest
  @EnumSource
  void aClientThatNeverReadsWhatItsTargetHasSentBeforeItClosedIsReset(Route route)
      throws Exception {
    Route.Running running = start(route);
    Socket client = connect(running);
    Socket accepted = accept();
    Future<IOException> answering = writeOn(accepted, 256 * 1024, 0);
    await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .until(() -> client.getInputStream().available() > 0);
    accepted.shutdownOutput();
    accepted.close();
    answering.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

    assertFails(writeOn(client, 1, PAUSE_NANOS));

    assertEnded(running);
  }

  /** A hang-up is seen although the client is not read, as its target takes nothing. */
  @ParameterizedTest
  @EnumSource(names = {"SPLICE", "SPLICE_LIMITED"})
  void aClientThatIsGoneEndsTheTunnelThoughItsTargetIsSilent(Route route) throws Exception {
    Route.Running running = start(route);
    Socket client = connect(running);
    Socket accepted = accept();
    Future<IOException> writing = writeOn(client, 64 * 1024, 0);
    assertThatThrownBy(() -> writing.get(500, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);

    Backend.reset(client);

    assertEnded(running);
    accepted.close();
  }

  /** One line, and then it waits: no second write has to find out. */
  @ParameterizedTest
  @EnumSource(names = {"SPLICE", "SPLICE_LIMITED"})
  void aSingleLineToATargetThatHasClosedEndsTheTunnelSoon(Route route) throws Exception {
    assumeTrue(route.isAvailable(), "there is no splice here");
    Route.Running running =
        open(
            route.start(
                tokens, builder -> builder.loops(1).idleTimeout(LONG).finTimeout(LONG), folder));
    Socket client = connect(running);
    accept().close();
    assertThat(client.getInputStream().read()).isEqualTo(-1);

    client.getOutputStream().write(1);

    assertEnded(running);
    assertThat(tokens.kinds()).containsExactly(Kind.RESET);
  }
}
