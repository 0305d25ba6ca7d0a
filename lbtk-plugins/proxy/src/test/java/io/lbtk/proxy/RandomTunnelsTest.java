package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.net.NoLeaks;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.Pattern;
import io.netty.channel.epoll.Epoll;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many tunnels at once whose sides send, pause, end and break as chance has it. Whoever was not
 * broken off has got exactly what the other side sent; whoever was has got a beginning of it.
 *
 * <p>More tunnels: {@code -Dlbtk.test.args=-Dlbtk.test.tunnels=10000}.
 */
@ExtendWith(NoLeaks.class)
class RandomTunnelsTest {

  private static final int TUNNELS = Integer.getInteger("lbtk.test.tunnels", 400);
  private static final int AT_ONCE = 24;
  private static final int MOST_BYTES = 3_000_000;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<Long, CompletableFuture<Received>> atTarget = new ConcurrentHashMap<>();

  @ParameterizedTest
  @ValueSource(strings = {"nio", "splice"})
  void whatWasSentArrivesHoweverTunnelsEnd(String engine) throws Exception {
    assumeTrue(engine.equals("nio") || Epoll.isAvailable(), "there is no splice here");
    FakeTokenSource tokens = new FakeTokenSource();
    TcpProxy.Builder builder = engine.equals("nio") ? TcpProxy.nio() : TcpProxy.splice();
    try (Backend backend = new Backend(this::serve);
        TcpProxy proxy = builder.listen("127.0.0.1:0").tokens(tokens).loops(2).build()) {
      tokens.always(backend.target());
      proxy.start();
      List<Future<Void>> tunnels = new ArrayList<>();
      ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);
      for (long seed = 1; seed <= TUNNELS; seed++) {
        Script script = Script.of(seed);
        tunnels.add(clients.submit(tunnel(script, proxy.address().getPort())));
      }
      for (Future<Void> tunnel : tunnels) {
        tunnel.get(60, TimeUnit.SECONDS);
      }
      clients.shutdown();

      tokens.awaitReleases(TUNNELS);
      assertThat(tokens.live()).isZero();
      assertThat(tokens.repeatedReleases()).isZero();
      assertThat(proxy.connections()).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  private CompletableFuture<Received> atTarget(long seed) {
    return atTarget.computeIfAbsent(seed, unknown -> new CompletableFuture<>());
  }

  private Callable<Void> tunnel(Script script, int port) {
    return () -> {
      Received atClient;
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
        client.setSoTimeout(30_000);
        new DataOutputStream(client.getOutputStream()).writeLong(script.seed);
        atClient = exchange(client, script.client, script.up(), script.down());
      }
      CompletableFuture<Received> there = atTarget(script.seed);
      if (script.client.breaks || script.target.breaks) {
        // Where the client broke off, its target may never have heard of it.
        Received known = there.getNow(new Received(0, false));
        assertThat(known.bytes).as("%s", script).isLessThanOrEqualTo(script.client.length);
        assertThat(atClient.bytes).as("%s", script).isLessThanOrEqualTo(script.target.length);
      } else {
        assertThat(there.get(30, TimeUnit.SECONDS))
            .as("%s", script)
            .isEqualTo(new Received(script.client.length, true));
        assertThat(atClient).as("%s", script).isEqualTo(new Received(script.target.length, true));
      }
      return null;
    };
  }

  private void serve(Socket socket) throws IOException {
    socket.setSoTimeout(30_000);
    long seed = new DataInputStream(socket.getInputStream()).readLong();
    Script script = Script.of(seed);
    CompletableFuture<Received> result = atTarget(seed);
    try {
      result.complete(exchange(socket, script.target, script.down(), script.up()));
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    } finally {
      result.complete(new Received(0, false));
    }
  }

  /** Sends as the script says, and reads meanwhile until the other side ends. */
  private Received exchange(Socket socket, Side side, Pattern sent, Pattern expected) {
    Future<?> sending = threads.submit(() -> side.send(socket, sent));
    long read = 0;
    boolean ended = false;
    try {
      // Throws an AssertionError at the first byte that is not the right one.
      read = expected.readFrom(socket.getInputStream(), 0, Math.max(1, side.readsUpTo));
      LockSupport.parkNanos(side.pauseNanos);
      read += expected.readFrom(socket.getInputStream(), read, Long.MAX_VALUE);
      ended = true;
    } catch (IOException e) {
      // Broken off, here or by the other side.
    }
    try {
      sending.get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the side does not get rid of what it sends", e);
    }
    return new Received(read, ended);
  }

  private record Received(long bytes, boolean ended) {}

  /** What one side does. */
  private record Side(
      long length, boolean breaks, long breaksAt, long readsUpTo, long pauseNanos, long seed) {

    static Side of(Random random) {
      // As often some bytes as some megabytes.
      long length = (long) Math.pow(MOST_BYTES, random.nextDouble()) - 1;
      boolean breaks = random.nextInt(6) == 0;
      return new Side(
          length,
          breaks,
          (long) (random.nextDouble() * length),
          (long) Math.pow(MOST_BYTES, random.nextDouble()),
          random.nextInt(3) == 0 ? random.nextInt(30_000_000) : 0,
          random.nextLong());
    }

    void send(Socket socket, Pattern pattern) {
      Random random = new Random(seed);
      try {
        OutputStream out = socket.getOutputStream();
        for (long at = 0; at < length; ) {
          if (breaks && at >= breaksAt) {
            break;
          }
          int chunk = (int) Math.min(length - at, 1 + random.nextInt(200_000));
          out.write(pattern.bytes(at, chunk));
          at += chunk;
          if (random.nextInt(20) == 0) {
            LockSupport.parkNanos(random.nextInt(3_000_000));
          }
        }
        if (breaks) {
          Backend.reset(socket);
        } else {
          socket.shutdownOutput();
        }
      } catch (IOException e) {
        // The other side has broken off.
      }
    }
  }

  private record Script(long seed, Side client, Side target) {

    static Script of(long seed) {
      Random random = new Random(seed * 7919);
      return new Script(seed, Side.of(random), Side.of(random));
    }

    Pattern up() {
      return new Pattern(2 * seed);
    }

    Pattern down() {
      return new Pattern(2 * seed + 1);
    }
  }
}
