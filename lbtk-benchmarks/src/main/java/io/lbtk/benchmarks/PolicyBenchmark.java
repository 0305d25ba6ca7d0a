package io.lbtk.benchmarks;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Target;
import io.lbtk.benchmarks.PolicyTable.BenchmarkCandidate;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Cost of a decision and of a change at a million targets, on one core. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(1)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms3g", "-Xmx3g"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PolicyBenchmark {

  private final Demand excluding =
      Demand.any().excluding(Set.of("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"));
  private final Demand any = Demand.any();

  private int changes;
  private BenchmarkCandidate[] some = {};

  /** Chooses the targets that are changed: enough to find them cold, as they are found in life. */
  @Setup
  public void choose(PolicyTable table) {
    some = table.entries.values().stream().limit(65_536).toArray(BenchmarkCandidate[]::new);
  }

  /** A pick, and what the generator does to the one that was picked. */
  @Benchmark
  public @Nullable Candidate pick(PolicyTable table) {
    return take(table, any);
  }

  /** A pick of somebody who has tried three targets already. */
  @Benchmark
  public @Nullable Candidate pickExcludingThree(PolicyTable table) {
    return take(table, excluding);
  }

  private static @Nullable Candidate take(PolicyTable table, Demand demand) {
    Candidate picked = table.policy.pick(demand);
    if (picked instanceof BenchmarkCandidate candidate) {
      candidate.take();
      table.policy.taken(candidate);
    }
    return picked;
  }

  /** A target that was not there comes and goes again: two changes. */
  @Benchmark
  public Candidate addAndRemove(PolicyTable table) {
    int i = changes++;
    BenchmarkCandidate candidate =
        new BenchmarkCandidate(
            PolicyTable.target(table.targets + (i & 0xffff), 1 + i % table.weights));
    table.policy.added(candidate);
    table.policy.removed(candidate);
    return candidate;
  }

  /** A target that may be picked, somewhere among the others, goes and comes back: two changes. */
  @Benchmark
  public Candidate removeAndAdd(PolicyTable table) {
    BenchmarkCandidate candidate = some[changes++ & 0xffff & (some.length - 1)];
    table.policy.removed(candidate);
    table.policy.added(candidate);
    return candidate;
  }

  /** A target gets another weight, and back: two changes. */
  @Benchmark
  public Candidate changeWeight(PolicyTable table) {
    BenchmarkCandidate candidate = some[changes++ & 0xffff & (some.length - 1)];
    Target before = candidate.target();
    Target changed = before.withWeight(before.weight() + 1);
    candidate.target(changed);
    table.policy.changed(candidate, before);
    candidate.target(before);
    table.policy.changed(candidate, changed);
    return candidate;
  }
}
