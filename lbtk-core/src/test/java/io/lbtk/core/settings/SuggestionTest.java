package io.lbtk.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {

  private static final List<String> KNOWN =
      List.of("backends", "round-robin", "random", "idle-timeout", "fin-timeout");

  @Test
  void aMistypedWordIsRecognised() {
    assertThat(Suggestion.closest("bakends", KNOWN)).contains("backends");
    assertThat(Suggestion.closest("roundrobin", KNOWN)).contains("round-robin");
    assertThat(Suggestion.closest("radnom", KNOWN)).contains("random");
    assertThat(Suggestion.closest("Idle-Timeout", KNOWN)).contains("idle-timeout");
  }

  @Test
  void aWordThatIsFarFromAllIsNot() {
    assertThat(Suggestion.closest("zookeeper", KNOWN)).isEmpty();
    assertThat(Suggestion.closest("x".repeat(100_000), KNOWN)).isEmpty();
    assertThat(Suggestion.forUnknown("zookeeper", List.of("b", "a")))
        .isEqualTo(" (expected: one of a, b)");
    assertThat(Suggestion.forUnknown("zookeeper", List.of())).isEqualTo(" (there is none)");
  }
}
