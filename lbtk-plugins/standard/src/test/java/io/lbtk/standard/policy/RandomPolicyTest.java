package io.lbtk.standard.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Demand;
import io.lbtk.api.Target;
import io.lbtk.testkit.TestCandidate;
import io.lbtk.testkit.TestCandidates;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomPolicyTest {

  private final RandomPolicy policy = new RandomPolicy(() -> new SplittableRandom(42));
  private final TestCandidates table = new TestCandidates(policy);

  @Test
  void nothingIsPickedFromNothing() {
    assertThat(table.pick(Demand.any())).isEmpty();
    table.add("a:1");
    table.remove("a:1");
    assertThat(table.pick(Demand.any())).isEmpty();
  }

  @Test
  void equalTargetsAreEquallyLikely() {
    for (int i = 0; i < 50; i++) {
      table.add("h" + i + ":1 weight=5");
    }
    assertDistributedByWeight(100_000, Set.of());
  }

  @Test
  void weightsOfAllSizesAreHonoured() {
    int[] weights = {1, 1, 2, 3, 4, 5, 7, 8, 9, 64, 65, 100, 127, 128, 1000, 1024, 1025, 4000};
    for (int i = 0; i < weights.length; i++) {
      table.add("h" + i + ":1 weight=" + weights[i]);
    }
    assertDistributedByWeight(300_000, Set.of());
  }

  @Test
  void theDistributionIsExactAfterManyChanges() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      table.add("h" + i + ":1 weight=" + (1 + random.nextInt(50)));
    }
    for (int i = 0; i < 10_000; i++) {
      String hostPort = "h" + random.nextInt(200) + ":1";
      switch (random.nextInt(4)) {
        case 0 -> table.suspend(hostPort);
        case 1 -> table.resume(hostPort);
        case 2 -> table.change(hostPort + " weight=" + random.nextInt(50));
        default -> {
          table.remove(hostPort);
          table.add(hostPort + " weight=" + (1 + random.nextInt(50)));
        }
      }
    }
    assertDistributedByWeight(300_000, Set.of());
  }

  @Test
  void theRestOfAnExclusionIsDistributedByWeight() {
    for (int i = 0; i < 40; i++) {
      table.add("h" + i + ":1 weight=" + (1 + i % 9));
    }
    Set<String> excluded = new HashSet<>();
    IntStream.range(0, 16).forEach(i -> excluded.add("h" + 2 * i + ":1"));
    assertDistributedByWeight(200_000, excluded);
    assertDistributedByWeight(200_000, Set.of());
  }

  @Test
  void anExcludedGiantDoesNotKeepTheOthersFromBeingFound() {
    table.add("giant:1 weight=65535");
    table.add("dwarf:1");
    Demand demand = Demand.any().excluding(Set.of("giant:1"));
    for (int i = 0; i < 20_000; i++) {
      assertThat(table.pick(demand).orElseThrow().hostPort()).isEqualTo("dwarf:1");
    }
  }

  @Test
  void ifAllAreExcludedNoneIsPickedAndNoneIsLost() {
    table.add("a:1 weight=3");
    table.add("b:1 weight=0");
    table.add("c:1");
    assertThat(table.pick(Demand.any().excluding(Set.of("a:1", "c:1")))).isEmpty();
    assertDistributedByWeight(10_000, Set.of());
  }

  @Test
  void suspendedTargetsAndWeightZeroAreNotPicked() {
    table.add("a:1");
    table.add("b:1 weight=0");
    table.add("c:1 weight=9");
    table.suspend("c:1");
    table.change("c:1 weight=10");
    assertThat(table.pick(100)).containsOnly("a:1");
    table.resume("b:1");
    table.resume("c:1");
    table.suspend("a:1");
    assertThat(table.pick(100)).containsOnly("c:1");
  }

  @Test
  void pagesComeAndGoAsTargetsDo() {
    List<String> names = IntStream.range(0, 20_000).mapToObj(i -> "h" + i + ":1").toList();
    for (int round = 0; round < 3; round++) {
      names.forEach(table::add);
      assertThat(new HashSet<>(table.pick(100_000))).hasSizeGreaterThan(19_700);
      names.stream().filter(name -> !name.equals("h7:1")).forEach(table::remove);
      assertThat(table.pick(10)).containsOnly("h7:1");
      table.remove("h7:1");
    }
    assertThat(table.pick(Demand.any())).isEmpty();
  }

  @Test
  void aMillionOfTheLargestWeightAreAllWithinReach() {
    TestCandidate[] candidates = new TestCandidate[1_000_000];
    Target heavy = Target.of("h", 1).withWeight(Target.MAX_WEIGHT);
    for (int i = 0; i < candidates.length; i++) {
      candidates[i] = new TestCandidate(heavy);
      policy.added(candidates[i]);
    }
    Set<Object> hit = new HashSet<>();
    for (int i = 0; i < 1_000_000; i++) {
      hit.add(policy.pick(Demand.any()));
    }
    // With 1 - 1/e expected, the deviation is some hundreds.
    assertThat(hit).hasSizeBetween(630_000, 634_000);
  }

  @Test
  void aCopyKnowsNoCandidate() {
    table.add("a:1");
    assertThat(policy.newInstance().pick(Demand.any())).isNull();
    assertThat(policy.newInstance()).isInstanceOf(RandomPolicy.class);
  }

  /** By chi-square, with a chance of about one in a million to fail were the seed not fixed. */
  private void assertDistributedByWeight(int picks, Set<String> excluded) {
    Demand demand = Demand.any().excluding(excluded);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < picks; i++) {
      counts.merge(table.pick(demand).orElseThrow().hostPort(), 1, Integer::sum);
    }
    List<TestCandidate> possible =
        table.all().stream()
            .filter(c -> !c.suspended() && c.weight() > 0 && !excluded.contains(c.hostPort()))
            .toList();
    double total = possible.stream().mapToLong(TestCandidate::weight).sum();
    double chiSquare = 0;
    for (TestCandidate candidate : possible) {
      double expected = picks * candidate.weight() / total;
      double difference = counts.getOrDefault(candidate.hostPort(), 0) - expected;
      chiSquare += difference * difference / expected;
    }
    int degrees = possible.size() - 1;
    assertThat(chiSquare).isLessThan(degrees + 4.8 * Math.sqrt(2.0 * degrees) + 16);
  }
}
