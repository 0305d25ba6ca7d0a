package io.lbtk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DemandTest {

  @Test
  void eachMethodGivesAnotherDemandAndKeepsTheRest() {
    List<Shortage> told = new ArrayList<>();
    Demand demand =
        Demand.any()
            .withKey("client")
            .excluding(Set.of("a:1"))
            .timeout(Duration.ofSeconds(1))
            .whileWaiting(told::add);
    demand.reportShortage(Shortage.BUSY);

    assertThat(demand.key()).hasValue("client");
    assertThat(demand.excludes(Target.of("a", 1))).isTrue();
    assertThat(demand.excludes(Target.of("b", 1))).isFalse();
    assertThat(demand.timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(told).containsExactly(Shortage.BUSY);
    assertThat(Demand.any().key()).isEmpty();
    assertThat(Demand.any().excluded()).isEmpty();
    assertThat(Demand.any().timeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void noMoreThanSixteenTargetsCanBeExcluded() {
    Set<String> seventeen =
        IntStream.range(0, 17).mapToObj(i -> "a:" + (i + 1)).collect(Collectors.toSet());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Demand.any().excluding(seventeen))
        .withMessageContaining("at most 16");
  }

  @Test
  void patienceIsNotNegative() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Demand.any().timeout(Duration.ofMillis(-1)));
  }
}
