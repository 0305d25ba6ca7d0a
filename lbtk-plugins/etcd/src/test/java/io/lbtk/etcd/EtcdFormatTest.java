package io.lbtk.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EtcdFormatTest {

  private static String read(EtcdFormat format, String value) {
    return format.read(value.getBytes(UTF_8)).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "10.0.0.1:80; 10.0.0.1:80",
        "` 10.0.0.1:80 weight=3 zone=b\n`; 10.0.0.1:80 weight=3 zone=b",
        "[::1]:80 priority=2; [::1]:80 priority=2",
        "{\"Op\":0,\"Addr\":\"10.0.0.2:80\",\"Metadata\":null}; 10.0.0.2:80",
        "{\"Addr\":\"[::2]:80\",\"Metadata\":{\"weight\":3}}; [::2]:80 weight=3",
        "{\"Addr\":\"10.0.0.2:80\",\"Metadata\":{\"Weight\":\"4\"}}; 10.0.0.2:80 weight=4",
        "{\"Addr\":\"10.0.0.2:80\",\"Metadata\":5}; 10.0.0.2:80 weight=5",
        "{\"Addr\":\"10.0.0.2:80\",\"Metadata\":\"blue\"}; 10.0.0.2:80",
        "{\"Addr\":\"10.0.0.2:80\",\"Metadata\":{\"weight\":0.2}}; 10.0.0.2:80",
        "{\"Addr\":\"10.0.0.2:80\",\"Metadata\":{\"weight\":0}}; 10.0.0.2:80 weight=0",
        "{\"host\":\"10.0.0.3\",\"port\":8080}; 10.0.0.3:8080",
        "{\"host\":\"h.test\",\"port\":80,\"priority\":10,\"weight\":20,\"ttl\":60,\"group\":\"\"};"
            + " h.test:80 weight=20 priority=10",
        "{\"host\":\"10.0.0.3\",\"port\":80,\"weight\":0}; 10.0.0.3:80"
      })
  void aValueIsToldByWhatItLooksLike(String value, String target) {
    assertThat(read(EtcdFormat.AUTO, value)).isEqualTo(target);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "AUTO; nothing; expected: host:port",
        "AUTO; {\"host\":\"10.0.0.1\"}; no \"port\"",
        "AUTO; {\"port\":80}; no \"host\"",
        "AUTO; {\"host\":\"10.0.0.1\",\"port\":0}; port \"0\"",
        "AUTO; {\"host\":\"10.0.0.1\",\"port\":80.5}; expected: a whole number",
        "AUTO; {\"host\":\"10.0.0.1\",\"port\":80,\"weight\":-1}; weight \"-1\"",
        "AUTO; {\"host\":\"10.0.0.1\",\"port\":80,\"weight\":\"NaN\"}; weight \"NaN\"",
        "AUTO; {\"host\":\"10.0.0.1\",\"port\":80,\"weight\":70000}; weight \"70000\"",
        "AUTO; {\"host\":true,\"port\":80}; host true (expected: a text)",
        "AUTO; {\"host\":17,\"port\":80}; host \"17\" (expected: a text)",
        "AUTO; {\"host\":\"*\",\"port\":80}; host \"*\"",
        "AUTO; {\"host\":\"a\",\"port\":true}; port true",
        "AUTO; {\"host\":\"a\",\"port\":\"80d\"}; port \"80d\"",
        "AUTO; {\"host\":\"a\",\"port\":80,\"weight\":[1]}; weight [1]",
        "AUTO; {\"host\":\"a\",\"port\":80,\"priority\":1e12}; priority \"1e12\"",
        "AUTO; {\"Addr\":17}; Addr \"17\" (expected: a text)",
        "AUTO; {\"Addr\":\"[::g]:80\"}; host \"::g\"",
        "AUTO; {\"Addr\":\"a:1\",\"Metadata\":{\"weight\":true}}; weight true",
        "AUTO; 0.0.0.0:80; host \"0.0.0.0\"",
        "AUTO; {\"host\":; malformed JSON",
        "AUTO; {}; no \"host\"",
        "TEXT; {\"Addr\":\"10.0.0.2:80\"}; expected",
        "GRPC; 10.0.0.1:80; malformed JSON",
        "GRPC; {\"host\":\"10.0.0.1\",\"port\":80}; no \"Addr\"",
        "GRPC; [1]; expected: an object of JSON",
        "SKYDNS; {\"Addr\":\"10.0.0.2:80\"}; no \"host\""
      })
  void whatIsNoTargetIsRefusedWithWhatWasExpected(EtcdFormat format, String value, String message) {
    assertThatThrownBy(() -> read(format, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void textThatIsNotUtf8IsRefused() {
    assertThatThrownBy(() -> EtcdFormat.TEXT.read("ä:80".getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("it is not UTF-8");
  }

  @Test
  void nestedTooDeepIsRefused() {
    assertThatThrownBy(() -> read(EtcdFormat.AUTO, "{\"a\":".repeat(10_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("JSON");
  }
}
