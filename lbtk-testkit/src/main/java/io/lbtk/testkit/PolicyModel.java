package io.lbtk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Applies random steps to a policy, and after each compares its pick with those that a plain list
 * of candidates allows. If the policy has an order, a second one goes through the same steps
 * without the picks that exclude: all other picks of the two must be equal.
 */
final class PolicyModel {

  private static final int MAX_CANDIDATES = 40;

  /** A token, and the one that the second policy gave for the same demand, if it was asked. */
  private record Live(TestCandidate candidate, @Nullable TestCandidate undisturbed) {}

  private final TestCandidates table;
  private final @Nullable TestCandidates undisturbed;
  private final IntFunction<Demand> demands;
  private final long seed;
  private final Random random;
  private final List<Live> live = new ArrayList<>();
  private final List<String> history = new ArrayList<>();
  private int names;

  /**
   * Creates a model of a policy without candidates.
   *
   * @param undisturbed another policy of the same kind, if it has an order; else null
   */
  PolicyModel(Policy policy, @Nullable Policy undisturbed, long seed, IntFunction<Demand> demands) {
    this.table = new TestCandidates(policy);
    this.undisturbed = undisturbed == null ? null : new TestCandidates(undisturbed);
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
      onAll(each -> each.remove(hostPort));
    } else if (dice < 54) {
      note("suspend", hostPort);
      onAll(each -> each.suspend(hostPort));
    } else if (dice < 76 && candidate.weight() > 0) {
      note("resume", hostPort);
      onAll(each -> each.resume(hostPort));
    } else if (dice < 84) {
      reweigh(candidate);
    } else if (dice < 88) {
      note("attribute", hostPort);
      Target changed =
          candidate.peek().withAttributes(Map.of("n", Integer.toString(random.nextInt())));
      onAll(each -> each.change(changed));
    } else if (!live.isEmpty()) {
      Live back = live.remove(random.nextInt(live.size()));
      note("release", back.candidate.hostPort());
      Outcome outcome = random.nextBoolean() ? Outcome.closed() : Outcome.refused();
      table.release(back.candidate, outcome);
      if (undisturbed != null && back.undisturbed != null) {
        undisturbed.release(back.undisturbed, outcome);
      }
    }
  }

  private void add() {
    String hostPort = "t" + names++ % (2 * MAX_CANDIDATES) + ":1";
    if (table.all().stream().noneMatch(one -> one.hostPort().equals(hostPort))) {
      int weight = weight();
      note("add", hostPort + " weight=" + weight);
      onAll(each -> each.add(hostPort + " weight=" + weight));
      if (weight == 0) {
        onAll(each -> each.suspend(hostPort));
      }
    }
  }

  private void reweigh(TestCandidate candidate) {
    int weight = weight();
    note("weight " + weight, candidate.hostPort());
    onAll(each -> each.change(candidate.hostPort() + " weight=" + weight));
    if (weight == 0) {
      onAll(each -> each.suspend(candidate.hostPort()));
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
    boolean takes = random.nextBoolean();
    Optional<TestCandidate> picked = pick(table, demand, takes);
    assertThat(picked.isPresent())
        .as("whether something is picked for %s of %s", demand, table)
        .isEqualTo(possible);
    TestCandidate other = null;
    if (undisturbed != null && demand.excluded().isEmpty()) {
      other = pick(undisturbed, demand, takes).orElse(null);
      assertThat(picked.map(TestCandidate::hostPort))
          .as("pick without exclusions, beside one that was never asked with exclusions")
          .isEqualTo(Optional.ofNullable(other).map(TestCandidate::hostPort));
    }
    if (takes && picked.isPresent()) {
      live.add(new Live(picked.get(), other));
    }
  }

  private static Optional<TestCandidate> pick(TestCandidates from, Demand demand, boolean takes) {
    return takes ? from.take(demand) : from.pick(demand);
  }

  private void onAll(Consumer<TestCandidates> change) {
    change.accept(table);
    if (undisturbed != null) {
      change.accept(undisturbed);
    }
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
