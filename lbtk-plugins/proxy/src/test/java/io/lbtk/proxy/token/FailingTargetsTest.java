package io.lbtk.proxy.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Demand;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FailingTargetsTest {

  private final FailingTargets failing = new FailingTargets();

  @Test
  void aTargetIsRememberedForSomeTime() {
    failing.add("a:1", 5);

    assertThat(failing.contains("a:1", 5 + FailingTargets.REMEMBERED_NANOS - 1)).isTrue();
    assertThat(failing.contains("b:1", 5)).isFalse();
    assertThat(failing.contains("a:1", 5 + FailingTargets.REMEMBERED_NANOS)).isFalse();
  }

  @Test
  void thoseRememberedAreAddedAsFarAsADemandCanExcludeThem() {
    failing.add("a:1", 0);
    assertThat(failing.addTo(Set.of("x:1"), 1)).containsExactlyInAnyOrder("x:1", "a:1");

    for (int i = 0; i < 100; i++) {
      failing.add("t:" + i, 0);
    }

    assertThat(failing.addTo(Set.of("x:1"), 1)).hasSize(Demand.MAX_EXCLUDED).contains("x:1");
    assertThat(failing.addTo(Set.of("x:1"), FailingTargets.REMEMBERED_NANOS))
        .containsExactly("x:1");
  }

  @Test
  void manyTargetsDoNotFillTheMemory() {
    for (int i = 0; i < 100_000; i++) {
      failing.add("t:" + i, 0);
    }

    assertThat(failing.contains("t:999", 1)).isTrue();
    assertThat(failing.contains("t:1000", 1)).isFalse();
    failing.add("t:1000", FailingTargets.REMEMBERED_NANOS);
    assertThat(failing.contains("t:1000", FailingTargets.REMEMBERED_NANOS)).isTrue();
  }
}
