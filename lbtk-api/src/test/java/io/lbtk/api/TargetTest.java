package io.lbtk.api;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

  @Test
  void anAddressAloneHasWeightOneAndPriorityZero() {
    assertThat(Target.parse("10.0.0.1:80")).isEqualTo(new Target("10.0.0.1", 80, 1, 0, Map.of()));
  }

  @Test
  void pairsAfterTheAddressAreWeightPriorityAndAttributes() {
    assertThat(Target.parse("  a.example:8080\tweight=3 priority=1   max-connections=10 note=a=b"))
        .isEqualTo(
            new Target("a.example", 8080, 3, 1, Map.of("max-connections", "10", "note", "a=b")));
  }

  @Test
  void anIpv6AddressStandsInBrackets() {
    Target target = Target.parse("[2001:db8::1]:80");

    assertThat(target.host()).isEqualTo("2001:db8::1");
    assertThat(target.hostPort()).isEqualTo("[2001:db8::1]:80");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0:0:0:0:0:0:0:1             | ::1
          2001:DB8:0:0:0:0:0:A        | 2001:db8::a
          2001:0db8:0000:1::0001      | 2001:db8:0:1::1
          2001:db8:0:1:1:1:1:1        | 2001:db8:0:1:1:1:1:1
          2001:0:0:1:0:0:0:1          | 2001:0:0:1::1
          2001:0:0:1:2:0:0:1          | 2001::1:2:0:0:1
          1:2:3:4:5:6:0:0             | 1:2:3:4:5:6::
          fe80::0:1%eth0              | fe80::1%eth0
          ::ffff:10.0.0.1             | ::ffff:10.0.0.1
          ::FFFF:A00:1                | ::ffff:10.0.0.1
          """)
  void anIpv6AddressIsWrittenInOneWay(String host, String written) {
    assertThat(Target.of(host, 80).host()).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource({
    "LOCALHOST, localhost",
    "Web-1.Example.ORG, web-1.example.org",
    "web_1._tcp.example., web_1._tcp.example.",
    "a, a",
    "1a.2b, 1a.2b",
    "0xyz, 0xyz",
    "10.0.0.255, 10.0.0.255",
    "m\u00fcnchen.example, xn--mnchen-3ya.example",
    "xn--mnchen-3ya.example, xn--mnchen-3ya.example",
  })
  void aNameIsWrittenInOneWay(String host, String written) {
    assertThat(Target.of(host, 80).host()).isEqualTo(written);
    assertThat(Target.parse(host + ":80")).isEqualTo(Target.of(written, 80));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0:80",
        "0.1.2.3:80",
        "255.255.255.255:80",
        "[::]:80",
        "[0:0:0:0:0:0:0:0]:80",
        "[::0.0.0.0]:80",
        "[::ffff:0.0.0.0]:80",
        "[::%eth0]:80",
        "[:]:80",
        "[::g]:80",
        "[1::2::3]:80",
        "[::1%]:80",
        "[::1%a b]:80",
        "1.2.3.400:80",
        "1.2.3:80",
        "1.2.3.4.5:80",
        "1.2.3.4.:80",
        "1.2.3.04:80",
        "1..3.4:80",
        "web.7:80",
        "2130706433:80",
        "0x7f.1:80",
        "127.0.0.0x1:80",
        "*:80",
        "*.example:80",
        "a..b:80",
        ".a:80",
        ".:80",
        "..:80",
        "a...:80",
        "-a:80",
        "a-:80",
        "a.-.b:80",
        "a!b:80",
        "a@b:80",
        "a\\b:80",
        "a\u202eb:80",
      })
  void whatNoConnectionCanBeMadeToIsNoTarget(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Target.parse(text))
        .withMessageContaining("expected");
  }

  @Test
  void aLabelHasSixtyThreeCharactersAtMostAndANameTwoHundredAndFiftyThree() {
    String label = "a".repeat(63);
    String name = String.join(".", label, label, label, "a".repeat(61));

    assertThat(Target.of(name, 80).host()).isEqualTo(name);
    assertThatIllegalArgumentException().isThrownBy(() -> Target.of(label + "a", 80));
    assertThatIllegalArgumentException().isThrownBy(() -> Target.of(name + "a", 80));
  }

  @Test
  void aCommentEndsTheTarget() {
    assertThat(Target.parse("a:1 weight=2 # weight=3")).isEqualTo(Target.of("a", 1).withWeight(2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1:80",
        "[::1]:80 weight=0",
        "a:1 weight=65535 priority=7 alpha=1 beta=2",
      })
  void whatIsPrintedReadsAsTheSameTarget(String text) {
    assertThat(Target.parse(text)).hasToString(text);
    assertThat(Target.parse(Target.parse(text).toString())).isEqualTo(Target.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                   | nothing here",
        "# only a comment     | nothing here",
        "10.0.0.1             | no address",
        ":80                  | no address",
        "2001:db8::1:80       | several colons",
        "[2001:db8::1]        | no address",
        "[10.0.0.1]:80        | no address",
        "a:0                  | port 0",
        "a:65536              | port \"65536\"",
        "a:-1                 | port \"-1\"",
        "a:+1                 | port \"+1\"",
        "a:٣                  | port \"٣\"",
        "a:99999999999        | port \"99999999999\"",
        "a:1 weight=65536     | weight \"65536\"",
        "a:1 weight=          | weight \"\"",
        "a:1 priority=-1      | priority \"-1\"",
        "a:1 nonsense         | \"nonsense\" after the address",
        "a:1 =3               | \"=3\" after the address",
        "a#b:1                | character",
        "a/b:1                | character",
      })
  void whatIsNoTargetIsNamedWithWhatWasExpected(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Target.parse(text))
        .withMessageContaining(message)
        .withMessageContaining("expected");
  }

  @Test
  void anErrorShowsNoControlCharactersAndNoEndlessText() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Target.parse("\u001b[31mred" + "x".repeat(10_000)))
        .extracting(Throwable::getMessage, as(STRING))
        .doesNotContain("\u001b")
        .hasSizeLessThan(300);
  }

  @Test
  void theIdentityIsTheAddressAndEqualityIsEverything() {
    Target light = Target.parse("a:1");
    Target heavy = light.withWeight(5);

    assertThat(heavy.hostPort()).isEqualTo(light.hostPort());
    assertThat(heavy).isNotEqualTo(light);
  }
}
