package io.lbtk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionTest {

  private enum Format {
    TEXT,
    FILE_SD
  }

  @ParameterizedTest
  @CsvSource({"500ms,500", "5s,5000", "10m,600000", "1h,3600000", "2d,172800000", "0,0"})
  void durationsHaveAUnit(String text, long millis) {
    Option<Duration> option = Option.duration("interval");

    assertThat(option.parse(text)).isEqualTo(Duration.ofMillis(millis));
    assertThat(option.parse(option.print(option.parse(text)))).isEqualTo(option.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "5 s", "-5s", "5S", "", "s", "1e3s", "5s5s", "9999999999999s"})
  void whatIsNoDurationIsRefused(String text) {
    assertExpected(Option.duration("interval"), text, "expected: a duration such as");
  }

  @Test
  void aDurationOfMoreThanAHundredYearsIsRefused() {
    Option<Duration> option = Option.duration("interval");

    assertThat(option.parse("36500d").toNanos()).isPositive();
    assertExpected(option, "36501d", "expected: a duration of at most 36500d");
    assertExpected(option, "999999999999d", "expected: a duration of at most 36500d");
    assertExpected(option, "213503982335d", "expected: a duration of at most 36500d");
  }

  @ParameterizedTest
  @CsvSource({"512,512", "64KiB,65536", "1MiB,1048576", "2GiB,2147483648"})
  void sizesAreBytes(String text, long bytes) {
    Option<Long> option = Option.size("buffer");

    assertThat(option.parse(text)).isEqualTo(bytes);
    assertThat(option.print(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"64KB", "-1", "", "1.5MiB", "999999999999GiB"})
  void whatIsNoSizeIsRefused(String text) {
    assertExpected(Option.size("buffer"), text, "expected: a size such as");
  }

  @Test
  void ratesAreBytesASecond() {
    Option<Long> option = Option.rate("bandwidth");

    assertThat(option.parse("10MiB/s")).isEqualTo(10L << 20);
    assertThat(option.print(10L << 20)).isEqualTo("10MiB/s");
    assertExpected(option, "10MiB", "expected: a rate such as");
  }

  @Test
  void numbersHaveBounds() {
    assertThat(Option.integer("window", 0, 1024).parse("1024")).isEqualTo(1024);
    assertExpected(Option.integer("window", 0, 1024), "1025", "from 0 to 1024");
    assertExpected(Option.integer("window", 0, 1024), "many", "from 0 to 1024");
    assertExpected(Option.integer("loops", 1, Integer.MAX_VALUE), "0", "1 or more");
  }

  @Test
  void choicesAreWordsWithDashes() {
    Option<Format> option = Option.choice("format", Format.class);

    assertThat(option.parse("file-sd")).isEqualTo(Format.FILE_SD);
    assertThat(option.print(Format.FILE_SD)).isEqualTo("file-sd");
    assertExpected(option, "TEXT", "expected: one of text, file-sd");
  }

  @Test
  void listsAreApartByCommas() {
    Option<List<Target>> option = Option.target("targets").list();

    assertThat(option.parse("a:1, b:2 weight=3"))
        .containsExactly(Target.of("a", 1), Target.of("b", 2).withWeight(3));
    assertThat(option.parse(" ")).isEmpty();
    assertExpected(option, "a:1,,b:2", "item 2 is empty");
    assertExpected(option, "a:1,b", "host:port");
    assertExpected(option, "a:1,b", "; item 2 is none");
  }

  @Test
  void aPathIsNotEmpty() {
    assertExpected(Option.path("path"), " ", "expected: a path");
  }

  @Test
  void aFurtherConditionSaysWhatItExpects() {
    Option<Duration> option =
        Option.duration("interval").check(d -> !d.isZero(), "more than 0").doc("How often.");

    assertExpected(option, "0", "expected: more than 0");
  }

  @Test
  void aSecretIsNeverPrinted() {
    assertThat(Option.string("password").secret().print("hunter2")).isEqualTo("[hidden]");
  }

  @Test
  void anOptionKeepsEachThingThatItWasTold() {
    Option<String> option =
        Option.string("path").orElse("/").position(1).doc("Where.").secret().required();

    assertThat(option.isRequired()).isTrue();
    assertThat(option.defaultValue()).isEmpty();
    assertThat(option.isSecret()).isTrue();
    assertThat(option.position()).hasValue(1);
    assertThat(option.doc()).isEqualTo("Where.");
  }

  @Test
  void aListAndASentenceTakeSeveralWordsAndNothingElseDoes() {
    assertThat(Option.string("name").separator()).isEmpty();
    assertThat(Option.string("names").list().separator()).hasValue(", ");
    assertThat(Option.string("command").sentence().position(0).separator()).hasValue(" ");
  }

  @Test
  void aUriThatIsNoneIsToldWhatOneLooksLike() {
    assertExpected(
        Option.uri("url", "http://127.0.0.1:8500"),
        "127.0.0.1:8500",
        "expected: a URI such as http://127.0.0.1:8500");
  }

  @Test
  void namesAreInLowerCaseWithDashesAndDots() {
    assertThat(Option.string("tls.client-ca").name()).isEqualTo("tls.client-ca");
    assertThatIllegalArgumentException().isThrownBy(() -> Option.string("maxShrink"));
    assertThatIllegalArgumentException().isThrownBy(() -> Option.string("a..b"));
    assertThatIllegalArgumentException().isThrownBy(() -> Option.string("a."));
  }

  private static void assertExpected(Option<?> option, String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> option.parse(text))
        .withMessageContaining(message);
  }
}
