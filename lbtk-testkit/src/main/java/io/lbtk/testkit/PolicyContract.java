package io.lbtk.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The contract of every {@link Policy}. Extend this class, and declare the kind of the policy:
 *
 * <pre>{@code
 * class CoinPolicyTest extends PolicyContract {
 *   @Override
 *   protected Policy newPolicy() {
 *     return new CoinPolicy(new Random(1));
 *   }
 *
 *   @Override
 *   protected boolean isOrdered() {
 *     return false;
 *   }
 * }
 * }</pre>
 *
 * <p>A policy that decides by chance takes its seed from its test, so that a run can be repeated.
 */
public abstract class PolicyContract {

  private static final int ORDERED_ROUNDS = 20;
  private static final int UNORDERED_ROUNDS = 3000;

  /** The tolerance after a change, since a round need not restart then. */
  private static final int SLACK = 3;

  private static final int MANY = 100_000;
  private static final int MODEL_STEPS = 10_000;

  @RegisterExtension final TimeLimit limit = new TimeLimit(PolicyContract.class, this::timeout);

  private int demands;

  /** Creates the contract. */
  protected PolicyContract() {}

  /** Creates a policy without candidates. */
  protected abstract Policy newPolicy();

  /**
   * Returns whether the order of the picks is fixed: over one round each candidate is picked
   * exactly as often as its weight says. True by default; false for a policy that decides by chance
   * or load.
   */
  protected boolean isOrdered() {
    return true;
  }

  /**
   * Returns whether connections are distributed by weight. True by default; false for a policy that
   * fills one target before the next.
   */
  protected boolean honoursWeights() {
    return true;
  }

  /**
   * Returns the allowed relative deviation of the share of a candidate from its weight, for a
   * policy without an order: 0.15 by default.
   */
  protected double tolerance() {
    return 0.15;
  }

  /** Returns the seed of the test that compares the policy with a model for many random steps. */
  protected long seed() {
    return 20_240_229;
  }

  /** Returns the time limit of a test of many candidates: 30 seconds by default. */
  protected Duration timeout() {
    return Duration.ofSeconds(30);
  }

  /** Returns the demand of a pick, with one of many keys, so that hashing policies spread them. */
  protected Demand demand(int number) {
    return Demand.any().withKey("key-" + number);
  }

  @Test
  final void nothingIsPickedWhereNothingIs() {
    assertThat(pick(table())).isEmpty();
  }

  @Test
  final void theOnlyCandidateIsPicked() {
    assertThat(picks(table("a:1"), 10)).containsOnly("a:1");
  }

  @Test
  final void everyCandidateIsPicked() {
    assume(honoursWeights(), "spreads connections");
    TestCandidates table = table("a:1", "b:1", "c:1", "d:1", "e:1");

    assertThat(takes(table, isOrdered() ? 5 : 500)).containsOnlyKeys(table.hostPorts());
  }

  @Test
  final void aRemovedCandidateIsNeverPickedAgain() {
    TestCandidates table = table("a:1", "b:1", "c:1");
    picks(table, 4);

    table.remove("b:1");

    assertThat(picks(table, 100)).isNotEmpty().doesNotContain("b:1");
  }

  @Test
  final void theLastCandidateCanBeRemoved() {
    TestCandidates table = table("a:1");
    picks(table, 2);

    table.remove("a:1");

    assertThat(pick(table)).isEmpty();
  }

  @Test
  final void aTargetThatComesBackIsANewCandidate() {
    TestCandidates table = table("a:1");
    picks(table, 2);

    table.remove("a:1");
    table.add("a:1 weight=3");

    assertThat(picks(table, 3)).containsOnly("a:1");
  }

  @Test
  final void aSuspendedCandidateIsNotPickedUntilItIsResumed() {
    TestCandidates table = table("a:1", "b:1");
    picks(table, 3);

    table.suspend("a:1");
    assertThat(picks(table, 20)).containsOnly("b:1");
    table.suspend("b:1");
    assertThat(pick(table)).isEmpty();
    table.resume("a:1");

    assertThat(picks(table, 20)).containsOnly("a:1");
  }

  @Test
  final void aSuspendedCandidateCanBeRemoved() {
    TestCandidates table = table("a:1", "b:1", "c:1");
    table.suspend("b:1");

    table.remove("b:1");
    assertThat(picks(table, 20)).doesNotContain("b:1");
    table.add("b:1");
    table.remove("a:1");
    table.remove("c:1");

    assertThat(picks(table, 20)).containsOnly("b:1");
  }

  @Test
  final void anExcludedCandidateIsNotPicked() {
    TestCandidates table = table("a:1", "b:1", "c:1");
    Set<String> excluded = Set.of("a:1", "c:1", "unknown:1");

    for (int i = 0; i < 50; i++) {
      Demand demand = demand(i).excluding(excluded);
      assertThat(table.pick(demand)).map(TestCandidate::hostPort).contains("b:1");
    }
  }

  @Test
  final void nothingIsPickedWhereAllIsExcludedOrSuspended() {
    TestCandidates table = table("a:1", "b:1", "c:1");
    table.suspend("c:1");

    assertThat(table.pick(demand(1).excluding(Set.of("a:1", "b:1")))).isEmpty();
    assertThat(pick(table)).as("for a demand that excludes nothing").isPresent();
  }

  @Test
  final void theOnlyOneThatIsNotExcludedIsFound() {
    Set<String> excluded =
        IntStream.range(0, Demand.MAX_EXCLUDED)
            .mapToObj(i -> "x" + i + ":1")
            .collect(Collectors.toCollection(LinkedHashSet::new));
    TestCandidates table = table();
    excluded.forEach(hostPort -> table.add(hostPort + " weight=1000"));
    table.add("last:1");

    for (int i = 0; i < 100; i++) {
      assertThat(table.pick(demand(i).excluding(excluded)))
          .map(TestCandidate::hostPort)
          .contains("last:1");
    }
  }

  @Test
  final void picksThatExcludeDoNotDisturbTheOrder() {
    assume(isOrdered(), "has an order");
    String[] targets = {"a:1 weight=3", "b:1", "c:1 weight=2", "d:1", "e:1"};
    TestCandidates table = table(targets);
    TestCandidates undisturbed = table(targets);
    String[] hostPorts = table.hostPorts();

    for (int i = 0; i < 100; i++) {
      Demand demand = demand(i);
      String picked = table.pick(demand).orElseThrow().hostPort();
      assertThat(picked)
          .as("pick %d, after picks that exclude", i)
          .isEqualTo(undisturbed.pick(demand).orElseThrow().hostPort());
      for (int retry = 0; retry < i % 4; retry++) {
        String other = hostPorts[(i + retry) % hostPorts.length];
        Set<String> excluded = Stream.of(picked, other).collect(Collectors.toSet());
        assertThat(table.pick(demand.excluding(excluded))).isPresent();
      }
    }
  }

  @Test
  final void picksThatExcludeTakeTurns() {
    assume(isOrdered(), "has an order");
    TestCandidates table = table("a:1", "b:1", "c:1", "d:1");
    Map<String, Integer> picks = new HashMap<>();

    for (int i = 0; i < 30; i++) {
      table.pick(demand(i));
      Demand retry = demand(i).excluding(Set.of("b:1"));
      picks.merge(table.pick(retry).orElseThrow().hostPort(), 1, Integer::sum);
    }

    assertThat(picks).isEqualTo(Map.of("a:1", 10, "c:1", 10, "d:1", 10));
  }

  @Test
  final void weightsAreHonoured() {
    assume(honoursWeights(), "honours weights");

    assertSpread(table("a:1 weight=5", "b:1", "c:1 weight=2", "d:1 weight=2"), 0);
  }

  @Test
  final void equalCandidatesGetEqualShares() {
    assume(honoursWeights(), "honours weights");

    assertSpread(table("a:1 weight=7", "b:1 weight=7", "c:1 weight=7"), 0);
  }

  @Test
  final void changedWeightsAreHonoured() {
    assume(honoursWeights(), "honours weights");
    TestCandidates table = table("a:1 weight=5", "b:1", "c:1 weight=2");
    takes(table, 3);

    table.change("a:1");
    table.change("b:1 weight=6");

    assertSpread(table, SLACK);
  }

  @Test
  final void weightsAreHonouredAfterCandidatesCameAndWent() {
    assume(honoursWeights(), "honours weights");
    TestCandidates table = table("a:1 weight=3", "b:1 weight=2", "c:1", "d:1 weight=2");
    takes(table, 3);

    table.remove("a:1");
    table.suspend("b:1");
    table.add("e:1 weight=4");
    takes(table, 3);
    table.resume("b:1");

    assertSpread(table, SLACK);
  }

  @Test
  final void aWeightThatChangedDuringASuspensionCounts() {
    assume(honoursWeights(), "honours weights");
    TestCandidates table = table("a:1", "b:1", "c:1");
    takes(table, 2);

    table.suspend("b:1");
    table.change("b:1 weight=4");
    table.resume("b:1");

    assertSpread(table, SLACK);
  }

  @Test
  final void aCandidateOfWeight0ThatIsSuspendedDoesNoHarm() {
    TestCandidates table = table("a:1", "b:1 weight=2");
    table.add("z:1 weight=0");
    table.suspend("z:1");
    table.change("b:1 weight=0");
    table.suspend("b:1");
    assertThat(picks(table, 20)).containsOnly("a:1");
    table.suspend("a:1");
    assertThat(pick(table)).isEmpty();

    table.change("z:1 weight=3");
    table.resume("z:1");

    assertThat(picks(table, 20)).containsOnly("z:1");
  }

  @Test
  final void heavyCandidatesShareTheirTurnsWithLightOnes() {
    assume(isOrdered(), "has an order");
    List<String> picks =
        picks(table("heavy:1 weight=8", "b:1 weight=3", "c:1 weight=2", "d:1"), 14 * 5);

    int run = 0;
    for (String pick : picks) {
      run = pick.equals("heavy:1") ? run + 1 : 0;
      assertThat(run).as("turns of the heavy one in a row: %s", picks).isLessThan(8);
    }
  }

  @Test
  final void whoWasNextStaysNextWhenAnotherIsRemoved() {
    assertNextStays(5, round -> round.remove(round.behind(2)));
    assertNextStays(5, round -> round.remove(round.ahead(2)));
  }

  @Test
  final void whoWasNextStaysNextWhenAnotherIsSuspended() {
    assertNextStays(5, round -> round.suspend(round.behind(2)));
    assertNextStays(5, round -> round.suspend(round.ahead(2)));
  }

  @Test
  final void whoWasNextStaysNextWhenAnotherIsAdded() {
    assertNextStays(5, round -> round.table.add("new:1"));
  }

  @Test
  final void whoWasNextStaysNextWhenAnotherIsResumed() {
    TestCandidates table = table("a:1", "b:1", "c:1", "d:1", "e:1");
    table.suspend("c:1");

    assertNextStays(new Round(table), round -> round.table.resume("c:1"));
  }

  @Test
  final void whoWasNextStaysNextWhenAnAttributeChanges() {
    assertNextStays(5, round -> round.table.change(round.ahead(1) + " zone=b"));
    assertNextStays(5, round -> round.table.change(round.next() + " zone=b"));
  }

  @Test
  final void theOthersKeepTheirTurnsWhenTheNextIsRemoved() {
    assume(isOrdered(), "has an order");
    Round round = new Round(table("a:1", "b:1", "c:1", "d:1", "e:1"));

    round.remove(round.next());

    assertThat(picks(round.table, 4)).containsExactlyInAnyOrder(round.table.hostPorts());
  }

  @Test
  final void constantChangeStarvesNobody() {
    assume(honoursWeights(), "spreads connections");
    TestCandidates table = table();
    IntStream.range(0, 10).forEach(i -> table.add("stays-%d:1".formatted(i)));
    Map<String, Integer> picks = new HashMap<>();
    int rounds = isOrdered() ? 1000 : 5000;

    for (int i = 0; i < rounds; i++) {
      table.add("guest:1");
      count(picks, table, 2);
      table.suspend("stays-%d:1".formatted(i % 10));
      table.remove("guest:1");
      count(picks, table, 2);
      table.resume("stays-%d:1".formatted(i % 10));
    }

    int fair = rounds * 4 / 11;
    for (int i = 0; i < 10; i++) {
      assertThat(picks.getOrDefault("stays-%d:1".formatted(i), 0))
          .as("picks of one of ten that stay, of %s", picks)
          .isGreaterThan(fair / 2);
    }
  }

  @Test
  final void anEmptyCopyIsEmpty() {
    Policy policy = newPolicy();
    TestCandidates table = new TestCandidates(policy);
    table.add("a:1");
    picks(table, 2);

    assertThat(pick(new TestCandidates(policy.newInstance()))).isEmpty();
  }

  @Test
  final void anEmptyCopyIsIndependent() {
    Policy policy = newPolicy();
    TestCandidates table = new TestCandidates(policy);
    TestCandidates copy = new TestCandidates(policy.newInstance());
    table.add("a:1");
    copy.add("b:1");
    copy.add("c:1");

    assertThat(picks(table, 10)).containsOnly("a:1");
    assertThat(picks(copy, 50)).doesNotContain("a:1");
    copy.remove("b:1");
    copy.suspend("c:1");

    assertThat(picks(table, 10)).containsOnly("a:1");
    assertThat(pick(copy)).isEmpty();
  }

  @Test
  final void anEmptyCopyHonoursWeightsToo() {
    assume(honoursWeights(), "honours weights");
    TestCandidates copy = new TestCandidates(newPolicy().newInstance());
    copy.add("a:1 weight=3");
    copy.add("b:1");

    assertSpread(copy, 0);
  }

  @Test
  final void aTokenOfARemovedCandidateMayComeBack() {
    TestCandidates table = table("a:1", "b:1");
    TestCandidate taken = table.take(demand(0)).orElseThrow();

    table.remove(taken.hostPort());

    assertThatCode(() -> table.release(taken, Outcome.refused())).doesNotThrowAnyException();
    assertThat(picks(table, 10)).isNotEmpty().doesNotContain(taken.hostPort());
  }

  @Test
  final void itAgreesWithAModelOverManyRandomSteps(TestReporter reporter) {
    reporter.publishEntry("seed", Long.toString(seed()));

    Policy undisturbed = isOrdered() ? newPolicy() : null;
    new PolicyModel(newPolicy(), undisturbed, seed(), this::demand).run(MODEL_STEPS);
  }

  @Test
  final void suspendedCandidatesCostNothing() {
    TestCandidates table = table();
    IntStream.range(0, MANY).forEach(i -> table.add(numbered(i)));
    IntStream.range(0, MANY * 9 / 10).forEach(i -> table.suspend(numbered(i).hostPort()));

    assertCheap(table, MANY);
  }

  @Test
  final void theOnlyOneLeftAmongManyIsFoundAtOnce() {
    TestCandidates table = table();
    IntStream.range(0, MANY).forEach(i -> table.add(numbered(i)));
    IntStream.range(0, MANY)
        .filter(i -> i != MANY / 2)
        .forEach(i -> table.suspend(numbered(i).hostPort()));

    assertCheap(table, 1_000_000);
  }

  @Test
  final void manyCanComeAndGo() {
    TestCandidates table = table();
    IntStream.range(0, MANY).forEach(i -> table.add(numbered(i).withWeight(1 + i % 3)));
    Cost cost = new Cost(table);

    for (int i = 0; i < MANY; i++) {
      table.remove(numbered(i).hostPort());
      table.add(numbered(MANY + i).withWeight(1 + i % 5));
      cost.pick();
    }

    cost.check();
  }

  private void assertCheap(TestCandidates table, int picks) {
    Cost cost = new Cost(table);
    for (int i = 0; i < picks; i++) {
      cost.pick();
    }
    cost.check();
  }

  private void assertSpread(TestCandidates table, int slack) {
    int total = table.all().stream().mapToInt(TestCandidate::weight).sum();
    int rounds = isOrdered() ? ORDERED_ROUNDS : UNORDERED_ROUNDS;
    Map<String, Integer> takes = takes(table, total * rounds);
    for (TestCandidate candidate : table.all()) {
      double fair = (double) candidate.weight() * rounds;
      assertThat((double) takes.getOrDefault(candidate.hostPort(), 0))
          .as("connections of %s in %d rounds: %s", candidate, rounds, takes)
          .isCloseTo(fair, offset(isOrdered() ? slack : fair * tolerance()));
    }
  }

  private void assertNextStays(int size, Consumer<Round> change) {
    TestCandidates table = table();
    IntStream.range(0, size).forEach(i -> table.add("t%d:1".formatted(i)));
    assertNextStays(new Round(table), change);
  }

  private void assertNextStays(Round round, Consumer<Round> change) {
    assume(isOrdered(), "has an order");
    String next = round.next();

    change.accept(round);

    assertThat(picks(round.table, 1)).as("the order was %s", round.order).containsExactly(next);
    // The one pick above is part of the round.
    long left = round.table.all().stream().filter(one -> !one.suspended()).count() - 1;
    assertThat(picks(round.table, (int) left)).doesNotContain(next).doesNotHaveDuplicates();
  }

  private static void assume(boolean condition, String what) {
    assumeTrue(condition, () -> "the policy " + what);
  }

  private TestCandidates table(String... targets) {
    TestCandidates table = new TestCandidates(newPolicy());
    for (String target : targets) {
      table.add(target);
    }
    return table;
  }

  private static Target numbered(int number) {
    return Target.of("t" + number, 80);
  }

  private Optional<TestCandidate> pick(TestCandidates table) {
    return table.pick(demand(demands++));
  }

  private List<String> picks(TestCandidates table, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> pick(table))
        .map(pick -> pick.orElseThrow(() -> new AssertionError("nothing picked of " + table)))
        .map(TestCandidate::hostPort)
        .toList();
  }

  /** Takes tokens and keeps them, so that a policy that looks at the load spreads them too. */
  private Map<String, Integer> takes(TestCandidates table, int count) {
    Map<String, Integer> takes = new HashMap<>();
    for (int i = 0; i < count; i++) {
      TestCandidate taken =
          table
              .take(demand(demands++))
              .orElseThrow(() -> new AssertionError("nothing picked of " + table));
      takes.merge(taken.hostPort(), 1, Integer::sum);
    }
    return takes;
  }

  /** Takes tokens and releases them at once. */
  private void count(Map<String, Integer> counts, TestCandidates table, int picks) {
    for (int i = 0; i < picks; i++) {
      TestCandidate taken = table.take(demand(demands++)).orElseThrow();
      counts.merge(taken.hostPort(), 1, Integer::sum);
      table.release(taken, Outcome.closed());
    }
  }

  /**
   * Measures the cost of many steps: the number of reads of candidates, and, for a policy that
   * searches its own data, the time, with a generous limit.
   */
  private final class Cost {

    private static final int READS_PER_STEP = 100;

    private final TestCandidates table;
    private final List<Demand> wanted =
        IntStream.range(0, 64).mapToObj(PolicyContract.this::demand).toList();
    private final long readsBefore;
    private final long deadline = System.nanoTime() + timeout().toNanos();
    private int steps;

    Cost(TestCandidates table) {
      this.table = table;
      this.readsBefore = table.reads();
    }

    void pick() {
      if (table.pick(wanted.get(steps++ % wanted.size())).isEmpty()) {
        throw new AssertionError("nothing picked");
      }
      if (steps % 256 == 0 && System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "only %d steps in %s: each takes longer the more candidates there are"
                .formatted(steps, timeout()));
      }
    }

    void check() {
      assertThat(table.reads() - readsBefore)
          .as("how often candidates were looked at in %d steps", steps)
          .isLessThan((long) READS_PER_STEP * steps);
    }
  }

  /** A rotation of equal candidates that was watched for one round, and is in the midst of one. */
  private final class Round {

    final TestCandidates table;
    final List<String> order;
    private final int position = 2;

    Round(TestCandidates table) {
      this.table = table;
      int size = (int) table.all().stream().filter(one -> !one.suspended()).count();
      this.order = picks(table, size);
      picks(table, position);
    }

    String next() {
      return order.get(position);
    }

    String ahead(int steps) {
      return order.get((position + steps) % order.size());
    }

    String behind(int steps) {
      return order.get(Math.floorMod(position - steps, order.size()));
    }

    void remove(String hostPort) {
      table.remove(hostPort);
    }

    void suspend(String hostPort) {
      table.suspend(hostPort);
    }
  }
}
