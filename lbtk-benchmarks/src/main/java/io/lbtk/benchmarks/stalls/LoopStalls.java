package io.lbtk.benchmarks.stalls;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.proxy.TcpProxy;
import io.lbtk.proxy.echo.EchoServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Measures for how long some connections of a proxy keep its event loop busy. A probe sends a byte
 * through that loop and waits for its echo, and another does so through a loop that has nothing
 * else to do, in turn: so that what the machine adds is in both.
 *
 * <p>{@code java -cp lbtk-benchmarks.jar io.lbtk.benchmarks.stalls.LoopStalls [seconds [KIND…]]}
 */
public final class LoopStalls {

  private static final int LIMIT = 1000;
  private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
  private static final double NANOS_PER_MILLI = 1e6;

  private LoopStalls() {}

  /**
   * Prints a line for each kind of bad company.
   *
   * @param args for how many seconds each is measured, 10 if not given; and which, all if not given
   */
  public static void main(String[] args) throws Exception {
    long nanos = TimeUnit.SECONDS.toNanos(args.length == 0 ? 10 : Integer.parseInt(args[0]));
    try (EchoServer echo = EchoServer.builder().listen("127.0.0.1:0").loops(1).build()) {
      echo.start();
      Target target = Target.of("127.0.0.1", echo.addresses().get(0).getPort());
      List<BadCompany> all =
          args.length < 2
              ? List.of(BadCompany.values())
              : Stream.of(args).skip(1).map(BadCompany::valueOf).toList();
      for (BadCompany company : all) {
        measure(company, target, nanos / 4);
        System.out.println(measure(company, target, nanos));
      }
    }
  }

  private static String measure(BadCompany company, Target echo, long nanos) throws Exception {
    DirectedTokens tokens = new DirectedTokens(echo);
    try (TcpProxy busy = start(tokens);
        TcpProxy idle = start(new DirectedTokens(echo));
        Socket probe = connect(busy);
        Socket probeOfIdle = connect(idle)) {
      RoundTrips busyTrips = new RoundTrips(probe);
      RoundTrips idleTrips = new RoundTrips(probeOfIdle);
      // Both have their target before the others come.
      busyTrips.take();
      idleTrips.take();
      Closeable others = company.join(busy.address(), tokens, echo);
      try {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
          busyTrips.take();
          idleTrips.take();
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } finally {
        others.close();
      }
      return "%s: %s; through a loop with nothing else to do: %s"
          .formatted(company, busyTrips, idleTrips);
    }
  }

  private static TcpProxy start(DirectedTokens tokens) {
    TcpProxy proxy =
        TcpProxy.builder()
            .listen("127.0.0.1:0")
            .tokens(tokens)
            .loops(1)
            .maxConnections(LIMIT)
            .build();
    proxy.start();
    return proxy;
  }

  private static Socket connect(TcpProxy proxy) throws IOException {
    Socket socket = new Socket(proxy.address().getAddress(), proxy.address().getPort());
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** Round trips of one byte. */
  private static final class RoundTrips {

    private final Socket socket;
    private long[] nanos = new long[1024];
    private int count;

    RoundTrips(Socket socket) {
      this.socket = socket;
    }

    void take() throws IOException {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
      }
      long begin = System.nanoTime();
      socket.getOutputStream().write(7);
      if (socket.getInputStream().read() != 7) {
        throw new IOException("the probe was not answered");
      }
      nanos[count++] = System.nanoTime() - begin;
    }

    @Override
    public String toString() {
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return String.format(
          Locale.ROOT,
          "p50 %.2f ms, p99 %.2f ms, worst of %,d %.2f ms",
          sorted[count / 2] / NANOS_PER_MILLI,
          sorted[count * 99 / 100] / NANOS_PER_MILLI,
          count,
          sorted[count - 1] / NANOS_PER_MILLI);
    }
  }

  /** A token source that always has a token for the last given target. */
  static final class DirectedTokens implements TokenSource {

    private volatile Target target;

    DirectedTokens(Target target) {
      this.target = target;
    }

    /** From now on tokens are of this target. */
    void direct(Target next) {
      target = next;
    }

    @Override
    public CompletableFuture<Token> take(Demand demand) {
      return CompletableFuture.completedFuture(new Directed(target));
    }

    @Override
    public void close() {}

    private record Directed(Target target) implements Token {

      @Override
      public void release(Outcome outcome) {}
    }
  }
}
