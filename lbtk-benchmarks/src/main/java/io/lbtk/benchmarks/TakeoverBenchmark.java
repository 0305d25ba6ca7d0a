package io.lbtk.benchmarks;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import io.lbtk.benchmarks.PortUnderLoad.ReportedTargets;
import io.lbtk.core.Generator;
import io.lbtk.core.refresh.GuardedRefresher;
import io.lbtk.standard.policy.RandomPolicy;
import io.lbtk.standard.policy.RoundRobin;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Measures a generator of a million targets that receives changes while another thread takes and
 * releases tokens: the time to apply a full new list in which 1% is new, the longest token latency
 * meanwhile, and the same for a single target added or removed.
 *
 * <p>{@code java -Xms6g -Xmx6g -Xmn3g -XX:+UseParallelGC -cp lbtk-benchmarks.jar
 * io.lbtk.benchmarks.TakeoverBenchmark [rounds]}
 *
 * <p>The garbage collector runs between the rounds and, with a young generation of this size, not
 * during them. The table shows its pauses nevertheless. The influence of other processes shows in
 * the CPU time of the generator and in the longest token latency over an equally long time without
 * changes.
 */
public final class TakeoverBenchmark {

  private static final int TARGETS = 1_000_000;
  private static final int REPLACED = TARGETS / 100;
  private static final int SINGLE_CHANGES = 5_000;
  private static final int WARM_UP_ROUNDS = 5;

  /** Longer than the guards wait for further changes after a first one. */
  private static final int PAUSE_MILLIS = 200;

  private final int rounds;

  private TakeoverBenchmark(int rounds) {
    this.rounds = rounds;
  }

  /**
   * Prints a table.
   *
   * @param args how many lists are taken over in each case; 10 if not given
   */
  public static void main(String[] args) throws InterruptedException {
    TakeoverBenchmark benchmark =
        new TakeoverBenchmark(args.length == 0 ? 10 : Integer.parseInt(args[0]));
    for (int weights : new int[] {1, 100}) {
      benchmark.measure("round-robin", RoundRobin.create(), weights);
      benchmark.measure("random", RandomPolicy.create(), weights);
    }
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private void measure(String name, Policy policy, int weights) throws InterruptedException {
    print("%s, %,d targets, different weights: %d", name, TARGETS, weights);
    ReportedTargets source = new ReportedTargets(list(0, weights));
    long start = System.nanoTime();
    try (Generator generator = Generator.builder().refresher(source).policy(policy).build()) {
      print("  the first list                %s", millis(System.nanoTime() - start));
      try (SteadyTaker taker = new SteadyTaker(generator)) {
        newLists(source, taker, weights);
      }
    }
    oneByOne(policy, weights);
  }

  private void newLists(ReportedTargets source, SteadyTaker taker, int weights)
      throws InterruptedException {
    long[] takeover = new long[rounds];
    long[] cpu = new long[rounds];
    long[] longest = new long[rounds];
    long[] undisturbed = new long[rounds];
    long pauses = 0;
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      List<Target> list = list(1 + round + WARM_UP_ROUNDS, weights);
      System.gc();
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      taker.longestNanos();
      long pausesBefore = pauseMillis();
      long cpuBefore = cpuNanos();
      long start = System.nanoTime();
      source.report(Refresh.snapshot(list));
      long nanos = System.nanoTime() - start;
      long cpuUsed = cpuNanos() - cpuBefore;
      long longestPick = taker.longestNanos();
      long paused = pauseMillis() - pausesBefore;
      TimeUnit.NANOSECONDS.sleep(nanos);
      long longestUndisturbed = taker.longestNanos();
      if (round >= 0) {
        takeover[round] = nanos;
        cpu[round] = cpuUsed;
        longest[round] = longestPick;
        undisturbed[round] = longestUndisturbed;
        pauses += paused;
      }
    }
    print("  a new list, 1%% of it new      %s", medianAndWorst(takeover));
    print("    of which it had the CPU     %s", medianAndWorst(cpu));
    print("  the longest pick meanwhile    %s", medianAndWorst(longest));
    print("  the longest pick, no change   %s", medianAndWorst(undisturbed));
    print("  the collector paused          %d ms in all %d rounds", pauses, rounds);
  }

  /** Without the wait for further changes, which is no work. */
  private static void oneByOne(Policy policy, int weights) {
    ReportedTargets source = new ReportedTargets(list(0, weights));
    GuardedRefresher guarded = GuardedRefresher.builder(source).debounce(Duration.ZERO).build();
    try (Generator generator = Generator.builder().refresher(guarded).policy(policy).build()) {
      // The first list is there.
      generator.take(Demand.any()).join().release(Outcome.unused());
      long[] added = new long[SINGLE_CHANGES];
      long[] removed = new long[SINGLE_CHANGES];
      for (int i = -SINGLE_CHANGES; i < SINGLE_CHANGES; i++) {
        Target target = PolicyTable.target(2 * TARGETS + i, 1 + (i & 0xffff) % weights);
        long start = System.nanoTime();
        source.report(Refresh.delta(List.of(target), Set.of()));
        long between = System.nanoTime();
        source.report(Refresh.delta(List.of(), Set.of(target.hostPort())));
        long end = System.nanoTime();
        if (i >= 0) {
          added[i] = between - start;
          removed[i] = end - between;
        }
      }
      print("  one target added              %s", percentiles(added));
      print("  one target removed            %s", percentiles(removed));
    }
  }

  /** A list read anew: with each round others have come in the place of 1% that have gone. */
  private static List<Target> list(int round, int weights) {
    int replaced = round * REPLACED;
    return IntStream.range(0, TARGETS)
        .mapToObj(i -> PolicyTable.target(i < replaced ? i + TARGETS : i, 1 + i % weights))
        .toList();
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long pauseMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(collector -> !collector.getName().endsWith("Cycles"))
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%,.2f ms", nanos / 1e6);
  }

  private static String medianAndWorst(long[] nanos) {
    Arrays.sort(nanos);
    return "median %s, worst %s"
        .formatted(millis(nanos[nanos.length / 2]), millis(nanos[nanos.length - 1]));
  }

  private static String percentiles(long[] nanos) {
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "p50 %.1f us, p99 %.1f us, worst %.1f us",
        nanos[nanos.length / 2] / 1e3,
        nanos[nanos.length * 99 / 100] / 1e3,
        nanos[nanos.length - 1] / 1e3);
  }

  /**
   * Repeatedly takes and releases a token on its own thread. It pauses between tokens to produce
   * little garbage; any delay longer than the pause is seen.
   */
  static final class SteadyTaker implements AutoCloseable {

    private static final long PAUSE_NANOS = 20_000;

    private final TokenSource source;
    private final CompletableFuture<Void> ended;
    private final AtomicLong longestNanos = new AtomicLong();
    private volatile boolean stopped;

    SteadyTaker(TokenSource source) {
      this.source = source;
      ended = CompletableFuture.runAsync(this::run, task -> new Thread(task, "taker").start());
    }

    private void run() {
      while (!stopped) {
        long start = System.nanoTime();
        source.take(Demand.any()).join().release(Outcome.closed());
        longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }

    /** The longest that it took to take and release a token, since the last call. */
    long longestNanos() {
      return longestNanos.getAndSet(0);
    }

    @Override
    public void close() {
      stopped = true;
      ended.join();
    }
  }
}
