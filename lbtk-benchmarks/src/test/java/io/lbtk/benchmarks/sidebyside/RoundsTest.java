package io.lbtk.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import io.lbtk.benchmarks.sidebyside.Peer.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoundsTest {

  private final List<String> taken = new ArrayList<>();
  private final ScriptedMeasure first =
      new ScriptedMeasure("one", taken).will("a", 1, 1).will("b", 2, 2);
  private final ScriptedMeasure second =
      new ScriptedMeasure("two", taken).will("a", 3, 3).will("b", 4, 4);

  static Peer peer(String name, Set<String> only) {
    return new Peer(name, Family.LBTK_SPLICE, 1, "", only, null);
  }

  private Rounds run(int count, Peer... peers) throws InterruptedException {
    Rounds rounds = new Rounds(List.of(first, second), List.of(peers), count);
    rounds.run();
    return rounds;
  }

  @Test
  void eachMeasureIsTakenOfAllPeersBeforeTheNextAndEveryOtherRoundIsReversed()
      throws InterruptedException {
    run(2, peer("a", Set.of()), peer("b", Set.of()));

    List<String> warmUp = List.of("one b", "one a", "two b", "two a");
    List<String> odd = List.of("one a", "one b", "two a", "two b");
    List<String> even = List.of("one b", "one a", "two b", "two a");
    List<String> all = new ArrayList<>(warmUp);
    all.addAll(odd);
    all.addAll(even);
    assertThat(taken).isEqualTo(all);
  }

  @Test
  void theWarmUpIsNotRecorded() throws InterruptedException {
    Rounds rounds = run(2, peer("a", Set.of()));

    assertThat(rounds.samples().of("one", "a", Quantity.THROUGHPUT)).containsOnlyKeys(1, 2);
  }

  @Test
  void aPeerMayBeForOneMeasureOnly() throws InterruptedException {
    run(1, peer("a", Set.of("two")));

    assertThat(taken).containsExactly("two a", "two a");
  }

  @Test
  void aFailureIsToldAndTheOthersGoOn() throws InterruptedException {
    Rounds rounds = run(1, peer("broken", Set.of()), peer("b", Set.of()));

    assertThat(rounds.failures())
        .contains("round 1, one of broken: it broke:\nin two lines")
        .hasSize(4);
    assertThat(rounds.samples().has("two", "b")).isTrue();
    assertThat(rounds.samples().has("two", "broken")).isFalse();
  }
}
