package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.net.NoLeaks;
import io.lbtk.proxy.limits.Pace;
import io.lbtk.proxy.limits.PaceQueueTest;
import io.lbtk.proxy.limits.PaceTest;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.Pattern;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * That a limit is not exceeded can be told on any machine: less than the time that it takes cannot
 * pass. That it is used to the full is told by {@link PaceTest} and {@link PaceQueueTest}.
 */
@ExtendWith(NoLeaks.class)
class BandwidthTest {

  enum Engine {
    NIO,
    SPLICE;

    TcpProxy.Builder builder() {
      assumeTrue(this == NIO || Epoll.isAvailable(), "there is no splice here");
      return this == NIO ? TcpProxy.nio() : TcpProxy.splice();
    }
  }

  private static final int MEBI = 1024 * 1024;
  private static final long BURST_NANOS = 2 * Pace.BURST_NANOS;

  private final FakeTokenSource tokens = new FakeTokenSource();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    threads.shutdownNow();
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(tokens.live()).as("tokens not released").isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aClientSendsNoFasterThanItsLimitAndEveryByteArrives(Engine engine) throws Exception {
    EchoBackend echo = open(new EchoBackend());
    TcpProxy proxy = start(engine.builder().bandwidthUp(2 * MEBI), echo);

    long begin = System.nanoTime();
    assertThat(echoed(proxy, MEBI)).isEqualTo(MEBI);

    assertThat(System.nanoTime() - begin).isGreaterThan(nanos(MEBI, 2 * MEBI));
  }

  @ParameterizedTest
  @EnumSource
  void aClientGetsNoFasterThanItsLimitAndEveryByteArrives(Engine engine) throws Exception {
    Backend source = open(Backend.sending(new Pattern(1), MEBI));
    TcpProxy proxy = start(engine.builder().bandwidthDown(2 * MEBI), source);

    long begin = System.nanoTime();
    assertThat(new Pattern(1).readAll(connect(proxy).getInputStream())).isEqualTo(MEBI);

    assertThat(System.nanoTime() - begin).isGreaterThan(nanos(MEBI, 2 * MEBI));
  }

  @ParameterizedTest
  @EnumSource
  void noReadIsWorthMuchMoreThanOthers(Engine engine) throws Exception {
    EchoBackend echo = open(new EchoBackend());
    int rate = 64 * 1024;
    TcpProxy proxy = start(engine.builder().bandwidthUp(rate), echo);

    long begin = System.nanoTime();
    assertThat(echoed(proxy, rate / 2)).isEqualTo(rate / 2);

    assertThat(System.nanoTime() - begin).isGreaterThan(nanos(rate / 2, rate));
  }

  @ParameterizedTest
  @EnumSource
  void allClientsTogetherGetNoMoreThanTheLimitInEqualParts(Engine engine) throws Exception {
    Backend source =
        open(new Backend(socket -> new Pattern(1).writeTo(socket.getOutputStream(), 1L << 40)));
    TcpProxy proxy =
        start(
            engine.builder().loops(2).totalBandwidthDown(4 * MEBI).bandwidthDown(64 * MEBI),
            source);
    List<AtomicLong> parts = new ArrayList<>();
    CountDownLatch enough = new CountDownLatch(1);
    long goal = 6 * MEBI;
    AtomicLong all = new AtomicLong();

    long begin = System.nanoTime();
    for (int i = 0; i < 6; i++) {
      AtomicLong part = new AtomicLong();
      parts.add(part);
      InputStream in = connect(proxy).getInputStream();
      background(
          () -> {
            byte[] chunk = new byte[4096];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
              part.addAndGet(read);
              if (all.addAndGet(read) > goal) {
                enough.countDown();
              }
            }
          });
    }
    assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();

    assertThat(System.nanoTime() - begin).isGreaterThan(nanos(goal, 4 * MEBI));
    assertThat(parts).allMatch(part -> part.get() * 6 > goal * 0.7);
    proxy.close();
  }

  @ParameterizedTest
  @EnumSource
  void manyClientsUnderALimitOfAllLoseNoByte(Engine engine) throws Exception {
    EchoBackend echo = open(new EchoBackend());
    TcpProxy proxy =
        start(
            engine.builder().loops(2).totalBandwidthUp(8 * MEBI).totalBandwidthDown(8 * MEBI),
            echo);
    List<Future<Long>> running = new ArrayList<>();

    for (int i = 0; i < 20; i++) {
      running.add(threads.submit(() -> echoed(proxy, MEBI / 8)));
    }

    for (Future<Long> one : running) {
      assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(MEBI / 8);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatLeavesWhileItWaitsForItsTurnTakesNothingWithIt(Engine engine) throws Exception {
    EchoBackend echo = open(new EchoBackend());
    TcpProxy proxy = start(engine.builder().loops(1).totalBandwidthUp(MEBI), echo);
    Socket greedy = connect(proxy);
    background(
        () -> {
          byte[] chunk = new byte[8192];
          OutputStream out = greedy.getOutputStream();
          while (!greedy.isClosed()) {
            out.write(chunk);
          }
        });
    echo.awaitConnections(1);

    Backend.reset(greedy);

    await().atMost(Duration.ofSeconds(30)).until(() -> proxy.connections() == 0);
    assertThat(echoed(proxy, MEBI / 16)).isEqualTo(MEBI / 16);
  }

  static long nanos(long bytes, long perSecond) {
    return bytes * 1_000_000_000 / perSecond - BURST_NANOS;
  }

  private long echoed(TcpProxy proxy, int length) throws IOException {
    try (Socket client = connect(proxy)) {
      background(
          () -> {
            new Pattern(1).writeTo(client.getOutputStream(), length);
            client.shutdownOutput();
          });
      return new Pattern(1).readAll(client.getInputStream());
    }
  }

  private TcpProxy start(TcpProxy.Builder builder, Backend backend) {
    tokens.always(backend.target());
    TcpProxy proxy = open(builder.listen("127.0.0.1:0").tokens(tokens).build());
    proxy.start();
    return proxy;
  }

  private Socket connect(TcpProxy proxy) throws IOException {
    Socket client = new Socket(proxy.address().getAddress(), proxy.address().getPort());
    client.setSoTimeout(60_000);
    return open(client);
  }

  private interface Work {
    void run() throws IOException;
  }

  private void background(Work work) {
    var unused =
        threads.submit(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // The other side has ended.
              }
            });
  }

  private <T extends AutoCloseable> T open(T made) {
    open.add(made);
    return made;
  }
}
