package io.lbtk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Does random things to a policy, and after each compares its pick with what a plain list of
 * candidates allows.
 */
final class PolicyModel {

  private static final int MAX_CANDIDATES = 40;

  private final TestCandidates table;
  private final IntFunction<Demand> demands;
  private final long seed;
  private final Random random;
  private final List<TestCandidate> live = new ArrayList<>();
  private final List<String> history = new ArrayList<>();
  private int names;

  PolicyModel(Policy policy, long seed, IntFunction<Demand> demands) {
    this.table = new TestCandidates(policy);
    this.demands = demands;
    this.seed = seed;
    this.random = new Random(seed);
  }

  void run(int steps) {
    for (int step = 0; step < steps; step++) {
      try {
        change();
        check(step);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed %d, step %d, after %s: %s".formatted(seed, step, lastSteps(), e), e);
      }
    }
  }

  private List<String> lastSteps() {
    return history.subList(Math.max(0, history.size() - 10), history.size());
  }

  private void change() {
    List<TestCandidate> all = List.copyOf(table.all());
    int dice = random.nextInt(100);
    if (all.isEmpty() || (dice < 20 && all.size() < MAX_CANDIDATES)) {
      add();
    } else {
      change(all.get(random.nextInt(all.size())), dice);
    }
  }

  private void change(TestCandidate candidate, int dice) {
    String hostPort = candidate.hostPort();
    if (dice < 38) {
      note("remove", hostPort);
      table.remove(hostPort);
    } else if (dice < 54) {
      note("suspend", hostPort);
      table.suspend(hostPort);
    } else if (dice < 76 && candidate.weight() > 0) {
      note("resume", hostPort);
      table.resume(hostPort);
    } else if (dice < 84) {
      reweigh(candidate);
    } else if (dice < 88) {
      note("attribute", hostPort);
      table.change(
          candidate.peek().withAttributes(Map.of("n", Integer.toString(random.nextInt()))));
    } else if (!live.isEmpty()) {
      TestCandidate back = live.remove(random.nextInt(live.size()));
      note("release", back.hostPort());
      table.release(back, random.nextBoolean() ? Outcome.closed() : Outcome.refused());
    }
  }

  private void add() {
    String hostPort = "t" + names++ % (2 * MAX_CANDIDATES) + ":1";
    if (table.all().stream().noneMatch(one -> one.hostPort().equals(hostPort))) {
      int weight = weight();
      note("add", hostPort + " weight=" + weight);
      table.add(hostPort + " weight=" + weight);
      if (weight == 0) {
        table.suspend(hostPort);
      }
    }
  }

  private void reweigh(TestCandidate candidate) {
    int weight = weight();
    note("weight " + weight, candidate.hostPort());
    table.change(candidate.hostPort() + " weight=" + weight);
    if (weight == 0) {
      table.suspend(candidate.hostPort());
    }
  }

  private int weight() {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> 65535;
      case 2 -> 1 + random.nextInt(65535);
      default -> 1 + random.nextInt(5);
    };
  }

  private void check(int step) {
    Demand demand = demands.apply(step).excluding(excluded());
    boolean possible = table.hasPickable(demand);
    Optional<TestCandidate> picked = random.nextBoolean() ? take(demand) : table.pick(demand);
    assertThat(picked.isPresent())
        .as("whether something is picked for %s of %s", demand, table)
        .isEqualTo(possible);
  }

  private Optional<TestCandidate> take(Demand demand) {
    Optional<TestCandidate> taken = table.take(demand);
    taken.ifPresent(live::add);
    return taken;
  }

  private Set<String> excluded() {
    Set<String> excluded = new LinkedHashSet<>();
    if (random.nextInt(3) == 0) {
      for (TestCandidate candidate : table.all()) {
        if (random.nextInt(3) > 0 && excluded.size() < Demand.MAX_EXCLUDED) {
          excluded.add(candidate.hostPort());
        }
      }
    }
    return excluded;
  }

  private void note(String what, String which) {
    history.add(what + " " + which);
  }
}
