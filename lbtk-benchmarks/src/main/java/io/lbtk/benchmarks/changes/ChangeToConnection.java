package io.lbtk.benchmarks.changes;

import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.benchmarks.LeasingProxy;
import io.lbtk.benchmarks.changes.DirectoryKind.Directory;
import io.lbtk.benchmarks.servers.LocalServers.TemporaryFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Measures the time from a change in a directory to the first connection through a leasing proxy
 * that reflects it: from registering a second target to the first connection that reaches it, and
 * from withdrawing it to the last one. Registrar, server, refresher with its guards, generator,
 * token port and proxy are all there, on the loopback.
 *
 * <p>{@code java -cp lbtk-benchmarks.jar io.lbtk.benchmarks.changes.ChangeToConnection [rounds
 * [KIND…]]}
 */
public final class ChangeToConnection {

  private static final int STAYS = 'a';
  private static final int CHANGES = 'b';

  private static final double NANOS_PER_MILLI = 1e6;

  private final InetSocketAddress proxy;
  private final long settleNanos;

  private ChangeToConnection(InetSocketAddress proxy, Duration settleTime) {
    this.proxy = proxy;
    this.settleNanos = settleTime.toNanos();
  }

  /**
   * Prints a line for each kind of directory.
   *
   * @param args how many rounds, 50 if not given; and which kinds, all if not given
   */
  public static void main(String[] args) throws Exception {
    int rounds = args.length == 0 ? 50 : Integer.parseInt(args[0]);
    List<DirectoryKind> kinds =
        args.length < 2
            ? List.of(DirectoryKind.values())
            : Stream.of(args).skip(1).map(DirectoryKind::valueOf).toList();
    for (DirectoryKind kind : kinds) {
      try (TemporaryFolder folder = new TemporaryFolder();
          Directory directory = kind.open(folder.path())) {
        System.out.println(kind + ": " + measure(directory, kind.settleTime(), rounds));
      } catch (TestAbortedException e) {
        System.out.println(kind + ": left out: " + e.getMessage());
      }
    }
  }

  private static String measure(Directory directory, Duration settleTime, int rounds)
      throws Exception {
    try (NamedBackend stays = new NamedBackend(STAYS);
        NamedBackend changes = new NamedBackend(CHANGES);
        Registrar first = directory.registrar();
        Registrar second = directory.registrar()) {
      first.register(stays.target()).join();
      try (LeasingProxy proxy = new LeasingProxy(directory.refresher())) {
        ChangeToConnection measure = new ChangeToConnection(proxy.address(), settleTime);
        measure.awaitFirst();
        long[] added = new long[rounds];
        long[] removed = new long[rounds];
        for (int i = 0; i < rounds; i++) {
          added[i] = measure.untilReached(() -> second.register(changes.target()));
          measure.settle();
          removed[i] = measure.untilLast(second::withdraw);
          measure.settle();
        }
        return "added: %s; removed: %s".formatted(times(added), times(removed));
      }
    }
  }

  private void awaitFirst() throws IOException {
    while (connect() != STAYS) {
      Thread.onSpinWait();
    }
  }

  /** From a change to the end of the first connection to what was added. */
  private long untilReached(Runnable change) throws IOException {
    long begin = System.nanoTime();
    change.run();
    while (connect() != CHANGES) {
      Thread.onSpinWait();
    }
    return System.nanoTime() - begin;
  }

  /** From a change to the begin of the last connection to what was removed. */
  private long untilLast(Runnable change) throws IOException {
    long begin = System.nanoTime();
    change.run();
    return Math.max(0, connectFor(settleNanos) - begin);
  }

  /** So that each change stands alone, and those of one kind come at no moment of a poll. */
  private void settle() throws IOException {
    connectFor(settleNanos + ThreadLocalRandom.current().nextLong(settleNanos));
  }

  /** Connects again and again; says when the last connection to what changes began. */
  private long connectFor(long nanos) throws IOException {
    long begin = System.nanoTime();
    long last = begin;
    for (long now = begin; now - begin < nanos; now = System.nanoTime()) {
      if (connect() == CHANGES) {
        last = now;
      }
    }
    return last;
  }

  private int connect() throws IOException {
    try (Socket socket = new Socket(proxy.getAddress(), proxy.getPort())) {
      return socket.getInputStream().read();
    }
  }

  private static String times(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return String.format(
        Locale.ROOT,
        "p50 %.1f ms, worst of %d %.1f ms",
        sorted[sorted.length / 2] / NANOS_PER_MILLI,
        sorted.length,
        sorted[sorted.length - 1] / NANOS_PER_MILLI);
  }

  /** A target that sends each client one byte, its name, and ends. */
  static final class NamedBackend implements AutoCloseable {

    private final ServerSocket server;
    private final int name;

    NamedBackend(int name) throws IOException {
      this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
      this.name = name;
      Thread thread = new Thread(this::serve, "backend");
      thread.setDaemon(true);
      thread.start();
    }

    private void serve() {
      while (!server.isClosed()) {
        try (Socket client = server.accept()) {
          client.getOutputStream().write(name);
        } catch (IOException e) {
          // Closed, or a client that has gone.
        }
      }
    }

    Target target() {
      return Target.of("127.0.0.1", server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
