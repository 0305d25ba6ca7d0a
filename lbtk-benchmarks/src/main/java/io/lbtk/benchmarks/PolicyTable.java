package io.lbtk.benchmarks;

import io.lbtk.api.Candidate;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import io.lbtk.standard.policy.RandomPolicy;
import io.lbtk.standard.policy.RoundRobin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A million targets and a policy over them, laid out in the heap as a generator that has run for a
 * while has them: reached through a map, and in an order of turns that has nothing to do with the
 * order in memory.
 */
@State(Scope.Benchmark)
public class PolicyTable {

  /** The name of the policy. */
  @Param({"round-robin", "random"})
  public String policyName = "";

  /** Number of targets. */
  @Param("1000000")
  public int targets;

  /** Number of different weights: 1, 2, 3 and so on. */
  @Param({"1", "100"})
  public int weights;

  /** Percentage of targets that are suspended. */
  @Param({"0", "90"})
  public int suspendedPercent;

  final Map<String, BenchmarkCandidate> entries = new ConcurrentHashMap<>();
  Policy policy = RoundRobin.create();

  /** Fills the table, then suspends all and resumes those that may be picked, in a random order. */
  @Setup(Level.Trial)
  public void fill() {
    policy = policyName.equals("random") ? RandomPolicy.create() : RoundRobin.create();
    for (int i = 0; i < targets; i++) {
      Target target = target(i, 1 + i % weights);
      entries.computeIfAbsent(
          target.hostPort(),
          hostPort -> {
            BenchmarkCandidate candidate = new BenchmarkCandidate(target);
            policy.added(candidate);
            return candidate;
          });
    }
    List<BenchmarkCandidate> shuffled = new ArrayList<>(entries.values());
    Collections.shuffle(shuffled, new Random(1));
    shuffled.forEach(policy::suspended);
    int resumed = (int) ((long) targets * (100 - suspendedPercent) / 100);
    shuffled.subList(0, resumed).forEach(policy::resumed);
  }

  /** The i-th target: an address in 10.0.0.0/8. */
  static Target target(int i, int weight) {
    String host = "10." + (i >>> 16 & 255) + "." + (i >>> 8 & 255) + "." + (i & 255);
    return Target.of(host, 80).withWeight(weight);
  }

  /** A candidate as the table of a generator has it: a target, its count, what the policy keeps. */
  static final class BenchmarkCandidate implements Candidate {

    private Target target;
    private int live;
    private @Nullable Object attachment;

    BenchmarkCandidate(Target target) {
      this.target = target;
    }

    @Override
    public Target target() {
      return target;
    }

    void target(Target newTarget) {
      target = newTarget;
    }

    @Override
    public int live() {
      return live;
    }

    /** Counts a token, as the generator does with each pick. */
    void take() {
      live++;
    }

    @Override
    public @Nullable Object attachment() {
      return attachment;
    }

    @Override
    public void attach(@Nullable Object state) {
      attachment = state;
    }
  }
}
