package io.lbtk.standard.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Target;
import io.lbtk.testkit.TestCandidate;
import io.lbtk.testkit.TestCandidates;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundRobinTest {

  private final RoundRobin policy = RoundRobin.create();
  private final TestCandidates table = new TestCandidates(policy);

  @Test
  void equalTargetsAreHadInTheOrderInWhichTheyCame() {
    addAll("a:1", "b:1", "c:1");
    assertThat(table.pick(7)).containsExactly("a:1", "b:1", "c:1", "a:1", "b:1", "c:1", "a:1");
  }

  @Test
  void nothingIsPickedFromNothing() {
    assertThat(table.pick(Demand.any())).isEmpty();
    table.add("a:1");
    table.remove("a:1");
    assertThat(table.pick(Demand.any())).isEmpty();
  }

  @Test
  void aRemovalKeepsTheOrderOfTheRest() {
    addAll("a:1", "b:1", "c:1", "d:1");
    assertThat(table.pick(2)).containsExactly("a:1", "b:1");
    table.remove("a:1");
    assertThat(table.pick(3)).containsExactly("c:1", "d:1", "b:1");
    table.remove("c:1");
    assertThat(table.pick(2)).containsExactly("d:1", "b:1");
  }

  @Test
  void anAddedTargetComesLastInTheRotationThatBegins() {
    addAll("a:1", "b:1", "c:1");
    assertThat(table.pick()).isEqualTo("a:1");
    table.add("d:1");
    assertThat(table.pick(4)).containsExactly("b:1", "c:1", "a:1", "d:1");
  }

  @Test
  void aResumedTargetComesLastInTheRotationThatBegins() {
    addAll("a:1", "b:1", "c:1");
    table.suspend("c:1");
    assertThat(table.pick(3)).containsExactly("a:1", "b:1", "a:1");
    table.resume("c:1");
    assertThat(table.pick(3)).containsExactly("b:1", "a:1", "c:1");
  }

  @Test
  void aChangeOfAttributesOrOfPriorityKeepsTheOrder() {
    addAll("a:1", "b:1", "c:1");
    assertThat(table.pick()).isEqualTo("a:1");
    table.change("b:1 zone=x");
    table.change("c:1 priority=3");
    assertThat(table.pick(3)).containsExactly("b:1", "c:1", "a:1");
  }

  @Test
  void weightsAreInterleaved() {
    addAll("a:1 weight=5", "b:1", "c:1");
    List<String> picks = table.pick(70);
    for (int i = 0; i + 7 <= picks.size(); i++) {
      List<String> round = picks.subList(i, i + 7);
      assertThat(round).filteredOn("a:1"::equals).hasSize(5);
      assertThat(round).filteredOn("b:1"::equals).hasSize(1);
      assertThat(round).filteredOn("c:1"::equals).hasSize(1);
    }
    assertThat(String.join(" ", picks)).doesNotContain("a:1 a:1 a:1 a:1").doesNotContain("b:1 c:1");
  }

  @Test
  void fromAnyChangeOnEveryRoundIsExact() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      TestCandidates changing = new TestCandidates(RoundRobin.create());
      for (int step = 0; step < 40; step++) {
        changeSomething(changing, random);
        int picks = random.nextInt(30);
        if (changing.hasPickable(Demand.any())) {
          changing.pick(picks);
        }
      }
      changeSomething(changing, random);
      assertThat(countsOfOneRound(changing)).as("seed %d", seed).isEqualTo(weights(changing));
      assertThat(countsOfOneRound(changing)).as("seed %d", seed).isEqualTo(weights(changing));
    }
  }

  @Test
  void whoIsNextStaysNextWhateverChanges() {
    for (int seed = 0; seed < 500; seed++) {
      TestCandidates unchanged = afterRandomHistory(seed);
      TestCandidates changed = afterRandomHistory(seed);
      if (!unchanged.hasPickable(Demand.any())) {
        continue;
      }
      String next = unchanged.pick();
      Random random = new Random(seed);
      String touched = changeSomething(changed, random);
      if (!touched.equals(next)) {
        assertThat(changed.pick()).as("seed %d", seed).isEqualTo(next);
      }
    }
  }

  @Test
  void aTargetThatChangesItsWeightAllTheTimeIsNotPassedOver() {
    for (int i = 0; i < 100; i++) {
      table.add("h" + i + ":1 weight=100");
    }
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 4000; i++) {
      if (i % 20 == 0) {
        table.change("h50:1 weight=" + (100 + (i / 20) % 2));
        table.change("h51:1 weight=" + (90 + (i / 20) % 20));
      }
      counts.merge(table.pick(), 1, Integer::sum);
    }
    assertThat(counts.get("h50:1")).isBetween(38, 42);
    assertThat(counts.get("h51:1")).isBetween(38, 42);
    assertThat(counts.get("h0:1")).isBetween(38, 42);
  }

  @Test
  void aTargetThatIsSuspendedBrieflyAgainAndAgainIsNotPassedOver() {
    for (int i = 0; i < 100; i++) {
      table.add("h" + i + ":1");
    }
    int hits = 0;
    for (int i = 0; i < 4000; i++) {
      if (i % 60 == 0) {
        table.suspend("h50:1");
        table.resume("h50:1");
      }
      hits += table.pick().equals("h50:1") ? 1 : 0;
    }
    assertThat(hits).isBetween(32, 41);
  }

  @Test
  void suspendingAndResumingGainsNothing() {
    addAll("a:1 weight=3", "b:1 weight=3", "c:1 weight=2", "d:1 weight=1", "e:1 weight=1");
    int hits = 0;
    for (int i = 0; i < 1000; i++) {
      String picked = table.pick();
      if (picked.equals("a:1") || picked.equals("c:1")) {
        table.suspend(picked);
        table.resume(picked);
      }
      hits += picked.equals("c:1") ? 1 : 0;
    }
    assertThat(hits).isBetween(190, 201);
  }

  @Test
  void anExcludedTargetKeepsItsTurn() {
    addAll("a:1", "b:1", "c:1", "d:1");
    assertThat(pickExcluding("a:1")).isEqualTo("b:1");
    assertThat(pickExcluding("c:1")).isEqualTo("a:1");
    assertThat(pickExcluding("a:1", "b:1", "c:1")).isEqualTo("d:1");
    assertThat(pickExcluding("d:1")).isEqualTo("c:1");
    assertThat(table.pick(4)).containsExactly("a:1", "b:1", "c:1", "d:1");
  }

  @Test
  void exclusionsKeepTheRoundExact() {
    addAll("a:1 weight=7", "b:1 weight=2", "c:1 weight=2", "d:1", "e:1");
    Map<String, Integer> counts = new HashMap<>();
    String last = "x:1";
    for (int i = 0; i < 1300; i++) {
      if (i % 4 == 0) {
        pickExcluding(last);
      }
      String picked = table.pick();
      counts.merge(picked, 1, Integer::sum);
      last = picked;
    }
    assertThat(counts.get("a:1")).isBetween(699, 701);
    assertThat(counts.get("b:1")).isBetween(199, 201);
    assertThat(counts.get("c:1")).isBetween(199, 201);
    assertThat(counts.get("d:1")).isBetween(99, 101);
    assertThat(counts.get("e:1")).isBetween(99, 101);
  }

  @Test
  void ifAWholeWeightIsExcludedAnotherOneServes() {
    addAll("a:1 weight=9", "b:1 weight=9", "c:1 weight=2");
    assertThat(pickExcluding("a:1", "b:1")).isEqualTo("c:1");
    assertThat(pickExcluding("a:1", "b:1")).isEqualTo("c:1");
    assertThat(table.pick(Demand.any().excluding(Set.of("a:1", "b:1", "c:1")))).isEmpty();
    assertThat(table.pick(2)).containsExactly("a:1", "b:1");
  }

  @Test
  void aTargetThatWasExcludedForLongIsNotFloodedAfterwards() {
    addAll("a:1 weight=2", "b:1 weight=1");
    for (int i = 0; i < 1000; i++) {
      assertThat(pickExcluding("a:1")).isEqualTo("b:1");
    }
    assertThat(table.pick(30)).filteredOn("b:1"::equals).hasSizeBetween(9, 10);
  }

  @Test
  void sixteenExclusionsLeaveTheSeventeenth() {
    List<String> names = IntStream.range(0, 17).mapToObj(i -> "h" + i + ":1").toList();
    names.forEach(name -> table.add(name + " weight=" + (1 + name.hashCode() % 3)));
    for (String left : names) {
      Set<String> others = new HashSet<>(names);
      others.remove(left);
      assertThat(pickExcluding(others.toArray(String[]::new))).isEqualTo(left);
    }
  }

  @Test
  void weightZeroIsNotPickedSuspendedOrNot() {
    addAll("a:1", "b:1 weight=0");
    assertThat(table.pick(3)).containsOnly("a:1");
    table.suspend("b:1");
    table.resume("b:1");
    assertThat(table.pick(3)).containsOnly("a:1");
    table.change("b:1 weight=1");
    assertThat(table.pick(2)).containsExactlyInAnyOrder("a:1", "b:1");
    table.change("b:1 weight=0");
    table.suspend("b:1");
    table.change("b:1 weight=2");
    assertThat(table.pick(3)).containsOnly("a:1");
    table.resume("b:1");
    assertThat(table.pick(3)).containsExactlyInAnyOrder("a:1", "b:1", "b:1");
  }

  @Test
  void aCopyKnowsNoCandidate() {
    table.add("a:1");
    assertThat(policy.newInstance().pick(Demand.any())).isNull();
    assertThat(policy.newInstance()).isInstanceOf(RoundRobin.class);
  }

  @Test
  void everyWeightThereIsGetsItsShareAtAnyTime() {
    List<Integer> weights =
        new ArrayList<>(IntStream.rangeClosed(1, Target.MAX_WEIGHT).boxed().toList());
    Collections.shuffle(weights, new Random(1));
    weights.forEach(
        weight -> policy.added(new TestCandidate(Target.of("h" + weight, 1).withWeight(weight))));
    long total = weights.stream().mapToLong(Integer::longValue).sum();
    int[] counts = new int[Target.MAX_WEIGHT + 1];
    int picks = 1_000_000;
    for (int i = 0; i < picks; i++) {
      counts[((TestCandidate) pickAny()).weight()]++;
    }
    double worst = 0;
    for (int weight = 1; weight < counts.length; weight++) {
      double fair = (double) picks * weight / total;
      worst = Math.max(worst, Math.abs(counts[weight] - fair));
    }
    assertThat(worst).isLessThan(2);
  }

  @Test
  void aMillionOfTheLargestWeightKeepTheirOrder() {
    Target heavy = Target.of("h", 1).withWeight(Target.MAX_WEIGHT);
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 1_000_000; i++) {
      candidates.add(new TestCandidate(heavy));
    }
    candidates.forEach(policy::added);
    policy.added(new TestCandidate(heavy.withWeight(Target.MAX_WEIGHT - 1)));
    List<Candidate> heavyPicks = new ArrayList<>();
    for (int i = 0; i < 2_000_001; i++) {
      Candidate picked = pickAny();
      if (picked.target().equals(heavy)) {
        heavyPicks.add(picked);
      }
    }
    assertThat(heavyPicks).hasSizeBetween(1_999_998, 2_000_000);
    assertThat(heavyPicks.subList(0, 1_000_000)).isEqualTo(candidates);
    assertThat(heavyPicks.subList(1_000_000, heavyPicks.size()))
        .isEqualTo(candidates.subList(0, heavyPicks.size() - 1_000_000));
  }

  private Candidate pickAny() {
    return Objects.requireNonNull(policy.pick(Demand.any()), "nothing picked");
  }

  private void addAll(String... targets) {
    for (String target : targets) {
      table.add(target);
    }
  }

  private String pickExcluding(String... hostPorts) {
    return table.pick(Demand.any().excluding(Set.of(hostPorts))).orElseThrow().hostPort();
  }

  private static TestCandidates afterRandomHistory(int seed) {
    Random random = new Random(seed * 31L);
    TestCandidates table = new TestCandidates(RoundRobin.create());
    for (int step = 0; step < 30; step++) {
      changeSomething(table, random);
      if (table.hasPickable(Demand.any())) {
        table.pick(random.nextInt(10));
      }
    }
    return table;
  }

  /** Makes one change and says of which target. */
  private static String changeSomething(TestCandidates table, Random random) {
    List<TestCandidate> all = List.copyOf(table.all());
    int weight = random.nextInt(3) == 0 ? 1 + random.nextInt(40) : 1 + random.nextInt(3);
    if (all.size() < 3 || random.nextInt(5) == 0) {
      String name = "h" + random.nextInt(1_000_000_000) + ":1";
      table.add(name + " weight=" + weight);
      return name;
    }
    TestCandidate one = all.get(random.nextInt(all.size()));
    switch (random.nextInt(all.size() > 12 ? 6 : 5)) {
      case 0 -> table.suspend(one.hostPort());
      case 1, 2 -> table.resume(one.hostPort());
      case 3, 4 -> table.change(one.hostPort() + " weight=" + weight);
      default -> table.remove(one.hostPort());
    }
    return one.hostPort();
  }

  private static Map<String, Integer> weights(TestCandidates table) {
    Map<String, Integer> weights = new HashMap<>();
    for (TestCandidate candidate : table.all()) {
      if (!candidate.suspended()) {
        weights.put(candidate.hostPort(), candidate.weight());
      }
    }
    return weights;
  }

  private static Map<String, Integer> countsOfOneRound(TestCandidates table) {
    Map<String, Integer> counts = new HashMap<>();
    int total = weights(table).values().stream().mapToInt(Integer::intValue).sum();
    table.pick(total).forEach(picked -> counts.merge(picked, 1, Integer::sum));
    return counts;
  }
}
