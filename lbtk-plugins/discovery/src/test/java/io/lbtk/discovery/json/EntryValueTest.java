package io.lbtk.discovery.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryValueTest {

  private static @Nullable Object json(String text) throws JsonException {
    return JsonTree.read(text.getBytes(UTF_8)).orElse(null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "\"80\"", "80.0", "8e1", "80e0"})
  void aNumberMayBeWrittenAsAText(String value) throws JsonException {
    assertThat(EntryValue.port("port", json(value))).isEqualTo(80);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "65536",
        "-80",
        "80.5",
        "1e999999999",
        "1e-999999999",
        "true",
        "null",
        "[80]",
        "{}",
        "\"\"",
        "\" 80\"",
        "\"+80\"",
        "\"80d\"",
        "\"0x50\"",
        "\"http\"",
        "\"NaN\"",
        "\"٣\""
      })
  void whatIsNoPortIsNamedWithWhatWasExpected(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntryValue.port("port", json(value)))
        .withMessageContaining("port")
        .withMessageContaining("expected: a whole number from 1 to 65535");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.0, 0", "0.2, 1", "2.5, 3", "65535, 65535", "7.0, 7"})
  void aWeightIsRoundedAndWhatHasSomeKeepsSome(String value, int weight) throws JsonException {
    assertThat(EntryValue.weight("weight", json(value))).isEqualTo(weight);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-0.1", "65536", "1e99", "true", "\"heavy\"", "null"})
  void whatIsNoWeightIsRefused(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntryValue.weight("weight", json(value)))
        .withMessageContaining("weight");
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "true", "null", "\"\"", "[\"a\"]"})
  void nothingElseIsMadeAText(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntryValue.text("host", json(value)))
        .withMessageContaining("expected: a text");
  }

  @Test
  void aTextIsNoFlag() throws JsonException {
    assertThat(EntryValue.flag("enabled", json("false"), true)).isFalse();
    assertThat(EntryValue.flag("enabled", null, true)).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntryValue.flag("enabled", json("\"false\""), true));
  }
}
