package io.lbtk.benchmarks;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.benchmarks.TokenThroughput.BareExchange;
import io.lbtk.benchmarks.TokenThroughput.JeromqExchange;
import io.lbtk.benchmarks.TokenThroughput.LeaseExchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The token port and its lease peers: tokens a second as fast as 64 peers can, beside JeroMQ and
 * beside a bare exchange of messages in the same run, how long one idle peer waits for a token, and
 * how long it takes until all peers know that a target is gone.
 *
 * <p>{@code java -cp lbtk-benchmarks.jar io.lbtk.benchmarks.TokenPortBenchmark [seconds]}
 */
public final class TokenPortBenchmark {

  private static final int PEERS = 64;
  private static final int TARGETS = 100;
  private static final int ROUNDS = 5;
  private static final int SAMPLES = 4000;
  private static final int REMOVALS = 40;
  private static final int LOAD_PER_MILLISECOND = 4;

  /** Longer than what a generator waits for further changes after a first one. */
  private static final int PAUSE_MILLIS = 150;

  private final int seconds;

  private TokenPortBenchmark(int seconds) {
    this.seconds = seconds;
  }

  /**
   * Prints a table.
   *
   * @param args how many seconds each exchange runs in each round; 5 if not given
   */
  public static void main(String[] args) throws InterruptedException {
    TokenPortBenchmark benchmark =
        new TokenPortBenchmark(args.length == 0 ? 5 : Integer.parseInt(args[0]));
    benchmark.throughput();
    benchmark.idleLatency();
    benchmark.gone();
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private void throughput() throws InterruptedException {
    print("%d peers, closed loop, medians of %d rounds [slowest, fastest]", PEERS, ROUNDS);
    try (JeromqExchange jeromq = new JeromqExchange(PEERS);
        LeaseExchange one = new LeaseExchange(PEERS, TARGETS, 0);
        LeaseExchange window = new LeaseExchange(PEERS, TARGETS, 16);
        BareExchange bare = new BareExchange(PEERS)) {
      new TokenThroughput(List.of(jeromq, one, window, bare)).measure(ROUNDS, seconds);
    }
  }

  private void idleLatency() throws InterruptedException {
    try (PortUnderLoad port = new PortUnderLoad(TARGETS)) {
      RemoteTokenSource peer = port.connect(1).get(0);
      askOneByOne(port, peer);
      long[] nanos = askOneByOne(port, peer);
      print(
          "one idle peer, request to token: p50 %s, p99 %s", micros(nanos, 50), micros(nanos, 99));
    }
  }

  /** Returns the sorted latencies of requests that are sent one per millisecond. */
  private static long[] askOneByOne(PortUnderLoad port, RemoteTokenSource peer)
      throws InterruptedException {
    long[] nanos = new long[SAMPLES];
    CountDownLatch done = new CountDownLatch(SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
      int sample = i;
      port.loop()
          .schedule(
              () -> {
                long start = System.nanoTime();
                var unused =
                    peer.take(Demand.any())
                        .thenAccept(
                            token -> {
                              nanos[sample] = System.nanoTime() - start;
                              token.release(Outcome.closed());
                              done.countDown();
                            });
              },
              i,
              TimeUnit.MILLISECONDS);
    }
    done.await();
    Arrays.sort(nanos);
    return nanos;
  }

  private void gone() throws InterruptedException {
    Target target = PortUnderLoad.target(TARGETS);
    try (PortUnderLoad port = new PortUnderLoad(TARGETS)) {
      List<RemoteTokenSource> peers = port.connect(PEERS);
      var load =
          port.loop().scheduleAtFixedRate(() -> someLoad(peers), 0, 1, TimeUnit.MILLISECONDS);
      long[] each = new long[PEERS * REMOVALS];
      long[] last = new long[REMOVALS];
      for (int round = -REMOVALS; round < REMOVALS; round++) {
        port.add(target);
        List<Token> held = takeEverywhere(peers, target);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        long[] nanos = removeAndWait(port, peers, target);
        if (round >= 0) {
          System.arraycopy(nanos, 0, each, round * PEERS, PEERS);
          last[round] = Arrays.stream(nanos).max().orElseThrow();
        }
        held.forEach(token -> token.release(Outcome.unused()));
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
      load.cancel(false);
      Arrays.sort(each);
      Arrays.sort(last);
      print(
          "a removed target, with %d connections/s: known to one peer p50 %s; to all %d p50 %s, worst %s",
          LOAD_PER_MILLISECOND * 1000,
          micros(each, 50),
          PEERS,
          micros(last, 50),
          micros(last, 100));
    }
  }

  private static void someLoad(List<RemoteTokenSource> peers) {
    for (int i = 0; i < LOAD_PER_MILLISECOND; i++) {
      RemoteTokenSource peer = peers.get(ThreadLocalRandom.current().nextInt(peers.size()));
      var unused = peer.take(Demand.any()).thenAccept(token -> token.release(Outcome.closed()));
    }
  }

  /** Lets every peer have a token of the target; the others are returned. */
  private static List<Token> takeEverywhere(List<RemoteTokenSource> peers, Target target) {
    List<Token> held = new ArrayList<>();
    for (RemoteTokenSource peer : peers) {
      Token token = peer.take(Demand.any()).join();
      while (!token.target().equals(target)) {
        token.release(Outcome.unused());
        token = peer.take(Demand.any()).join();
      }
      held.add(token);
    }
    return held;
  }

  /** Returns, for each peer, the time from the report of a removal to its notification. */
  private static long[] removeAndWait(
      PortUnderLoad port, List<RemoteTokenSource> peers, Target target)
      throws InterruptedException {
    long[] nanos = new long[peers.size()];
    CountDownLatch told = new CountDownLatch(peers.size());
    List<Subscription> subscriptions = new ArrayList<>();
    for (int i = 0; i < peers.size(); i++) {
      int peer = i;
      subscriptions.add(
          peers
              .get(i)
              .onGone(
                  hostPort -> {
                    if (hostPort.equals(target.hostPort()) && nanos[peer] == 0) {
                      nanos[peer] = System.nanoTime();
                      told.countDown();
                    }
                  }));
    }
    long removed = System.nanoTime();
    port.remove(target);
    told.await();
    subscriptions.forEach(Subscription::close);
    return Arrays.stream(nanos).map(at -> at - removed).toArray();
  }

  private static String micros(long[] sorted, int percent) {
    int index = Math.min(sorted.length - 1, sorted.length * percent / 100);
    return String.format(Locale.ROOT, "%,d us", Duration.ofNanos(sorted[index]).toNanos() / 1000);
  }
}
