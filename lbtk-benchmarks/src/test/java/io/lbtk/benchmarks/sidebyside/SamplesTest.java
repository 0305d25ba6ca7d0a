package io.lbtk.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import io.lbtk.benchmarks.sidebyside.Peer.Family;
import io.lbtk.benchmarks.sidebyside.Report.References;
import io.lbtk.benchmarks.sidebyside.Samples.Range;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SamplesTest {

  private final Samples samples = new Samples();

  private void add(String peer, int round, double value) {
    samples.add("bulk-1", peer, round, Map.of(Quantity.THROUGHPUT, value));
  }

  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
    assertThat(Range.of(List.of(9.0, 1.0, 2.0, 4.0))).contains(new Range(1, 3, 9));
  }

  @Test
  void theMedianOfAnOddNumberIsTheMiddleOne() {
    assertThat(Range.of(List.of(9.0, 1.0, 2.0))).contains(new Range(1, 2, 9));
  }

  @Test
  void nothingHasNoRange() {
    assertThat(Range.of(List.of())).isEmpty();
  }

  @Test
  void aRatioIsOfThePairsOfEachRoundNotOfTheMedians() {
    add("a", 1, 10);
    add("b", 1, 5);
    add("a", 2, 2);
    add("b", 2, 4);
    add("a", 3, 9);
    add("b", 3, 3);

    Range ratio = samples.ratio("bulk-1", "a", "b", Quantity.THROUGHPUT).orElseThrow();

    // The ratio of the medians would be 9/4.
    assertThat(ratio.median()).isEqualTo(2.0);
    assertThat(ratio.min()).isEqualTo(0.5);
    assertThat(ratio.max()).isEqualTo(3.0);
  }

  @Test
  void aRoundThatOnlyOneWasMeasuredInDoesNotCount() {
    add("a", 1, 10);
    add("a", 2, 6);
    add("b", 2, 4);
    add("b", 3, 1);

    assertThat(samples.ratio("bulk-1", "a", "b", Quantity.THROUGHPUT).orElseThrow().median())
        .isCloseTo(1.5, within(1e-9));
  }

  @Test
  void whatIsNotANumberWasNotMeasured() {
    add("direct", 1, Double.NaN);

    assertThat(samples.range("bulk-1", "direct", Quantity.THROUGHPUT)).isEmpty();
  }

  @Test
  void theBestHaproxyHasTheBestMedianWhicheverWayIsBetter() {
    References references = new References(List.of(haproxy("h1"), haproxy("h2")), samples);
    for (int round = 1; round <= 3; round++) {
      samples.add(
          "bulk-1", "h1", round, Map.of(Quantity.THROUGHPUT, 5.0, Quantity.CPU_PER_GIB, 0.1));
      samples.add(
          "bulk-1", "h2", round, Map.of(Quantity.THROUGHPUT, 6.0, Quantity.CPU_PER_GIB, 0.2));
    }

    assertThat(references.bestHaproxy("bulk-1", Quantity.THROUGHPUT).map(Peer::name))
        .isEqualTo(Optional.of("h2"));
    assertThat(references.bestHaproxy("bulk-1", Quantity.CPU_PER_GIB).map(Peer::name))
        .isEqualTo(Optional.of("h1"));
  }

  private static Peer haproxy(String name) {
    return new Peer(name, Family.HAPROXY, 1, "", Set.of(), null);
  }

  @Test
  void allSamplesAreInTheTable() {
    add("lbtk", 2, 12.5);

    assertThat(samples.csv().lines())
        .containsExactly(
            "measure,peer,quantity,unit,round,value", "bulk-1,lbtk,throughput,\"Gbit/s\",2,12.5");
  }
}
