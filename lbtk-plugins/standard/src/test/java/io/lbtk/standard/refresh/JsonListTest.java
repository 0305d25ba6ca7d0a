package io.lbtk.standard.refresh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.testkit.LogLines;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonListTest {

  private final LogLines log = new LogLines("io.lbtk");
  private final ListReader reader = new ListReader("refresher.x", "targets", ListFormat.AUTO);

  @AfterEach
  void close() {
    log.close();
  }

  private Refresh read(String document) {
    return reader.read(document.getBytes(UTF_8));
  }

  private static Refresh snapshot(String... targets) {
    return Refresh.snapshot(Arrays.stream(targets).map(Target::parse).toList());
  }

  private String failure(String document) {
    Refresh read = read(document);
    assertThat(read).isInstanceOf(Refresh.Failure.class);
    return ((Refresh.Failure) read).message();
  }

  @Test
  void theFileFormatOfPrometheusIsRead() {
    assertThat(
            read(
                """
                [
                  {"targets": ["10.0.0.1:80", "[::1]:80"],
                   "labels": {"zone": "b", "__weight__": "3", "priority": "1"}},
                  {"labels": {"weight": "2"}, "targets": ["web.example:80"]},
                  {"targets": ["10.0.0.4:80"]},
                  {"targets": []}
                ]
                """))
        .isEqualTo(
            snapshot(
                "10.0.0.1:80 weight=3 priority=1 zone=b",
                "[::1]:80 weight=3 priority=1 zone=b",
                "web.example:80 weight=2",
                "10.0.0.4:80"));
  }

  @Test
  void theOwnFormatIsRead() {
    assertThat(
            read(
                """
                {"targets": [
                  {"host": "10.0.0.1", "port": 80, "weight": 2, "priority": 1, "zone": "b"},
                  {"port": "81", "host": "::1"},
                  "10.0.0.3:80 weight=4"
                ]}
                """))
        .isEqualTo(
            snapshot("10.0.0.1:80 weight=2 priority=1 zone=b", "[::1]:81", "10.0.0.3:80 weight=4"));
    assertThat(read("[\"10.0.0.1:80\",{\"host\":\"a\",\"port\":1}]"))
        .isEqualTo(snapshot("10.0.0.1:80", "a:1"));
  }

  @Test
  void anEmptyArrayIsAnEmptyList() {
    assertThat(read("[]")).isEqualTo(snapshot());
    assertThat(read("\uFEFF {\"targets\":[]}")).isEqualTo(snapshot());
  }

  @Test
  void anEntryThatIsNoTargetIsNamedAndSkipped() {
    assertThat(
            read(
                """
                [{"targets": ["10.0.0.1:80",
                  "my.domain", {"host": "a", "port": 0}, {"host": "b", "port": 1, "weight": -1}]},
                 {"targets": ["10.0.0.2:80"], "labels": {"weight": "heavy"}}]
                """))
        .isEqualTo(snapshot("10.0.0.1:80"));

    assertThat(log.lines()).hasSize(4);
    assertThat(log.lines().get(0))
        .startsWith("WARN refresher.x: targets, line 2, /0/targets/1: \"my.domain\" is skipped");
    assertThat(log.lines().get(3)).contains("line 3, /1: ").contains("weight \"heavy\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"host\":true,\"port\":80}; /1; host true (expected: a text)",
        "{\"host\":17,\"port\":80}; /1; host \"17\" (expected: a text)",
        "{\"host\":null,\"port\":80}; /1; no host (expected: a text)",
        "{\"host\":{\"a\":[1]},\"port\":80}; /1; host {a=[1]} (expected: a text)",
        "{\"host\":\"0.0.0.0\",\"port\":80}; /1; host \"0.0.0.0\"",
        "{\"host\":\"a\",\"port\":[80]}; /1; port [80] (expected: a whole number from 1 to 65535)",
        "{\"host\":\"a\",\"port\":true}; /1; port true",
        "{\"host\":\"a\",\"port\":80.5}; /1; port \"80.5\"",
        "{\"host\":\"a\",\"port\":80,\"weight\":true}; /1; weight true",
        "{\"host\":\"a\",\"port\":80,\"weight\":1e9}; /1; weight \"1e9\"",
        "{\"host\":\"a\",\"port\":80,\"priority\":1e99}; /1; priority \"1e99\"",
        "{\"host\":\"a\",\"port\":80,\"zone\":null}; /1; no zone (expected: a text",
        "{\"targets\":[null]}; /1/targets/0; another type",
        "{\"targets\":[17]}; /1/targets/0; another type",
        "{\"targets\":[[\"10.0.0.1:80\"]]}; /1/targets/0; another type",
        "{\"targets\":[\"a:1\"],\"labels\":{\"a\":{\"b\":1}}}; /1; a {b=1}",
        "true; /1; another type",
      })
  void aValueOfAnotherTypeConcernsItsEntryAlone(String entry, String place, String problem) {
    assertThat(read("[\"10.0.0.1:80\"," + entry + ",\"10.0.0.2:80\"]"))
        .isEqualTo(snapshot("10.0.0.1:80", "10.0.0.2:80"));
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("WARN refresher.x: targets, line 1, %s: ".formatted(place))
        .contains(problem);
  }

  @Test
  void aDocumentThatIsCutOffIsAFailureThatSaysWhere() {
    assertThat(failure("[{\"targets\":[\"10.0.0.1:80\",\n\"10.0.0.2"))
        .startsWith("targets: line 2, column ")
        .contains("malformed JSON");
    assertThat(failure("[{\"targets\":[\"10.0.0.1:80\"]}"))
        .isEqualTo(
            "targets: line 1, column 29: malformed JSON: Unexpected end-of-input: expected close"
                + " marker for Array");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"target\":[\"10.0.0.1:80\"]}",
        "[{\"targets\":[\"10.0.0.1:80\"],\"label\":{}}]",
        "[{\"targets\":[\"10.0.0.1:80\"],\"port\":\"80\"}]",
        "[{\"targets\":null}]",
        "[{\"targets\":[{\"targets\":[]}]}]",
        "[{\"targets\":[],\"labels\":[]}]",
        "[{\"host\":\"a\"}]",
        "[\"10.0.0.1:80\"] [\"10.0.0.2:80\"]",
        "[\"10.0.0.1:80\"] trailing",
        "[\"10.0.0.1:80\",]",
      })
  void whatCannotBeTheDocumentThatWasMeantIsRefused(String document) {
    assertThat(failure(document))
        .startsWith("targets: line 1, column ")
        .containsPattern("expect(ed|ing)");
  }

  @Test
  void nestingIsBounded() {
    assertThat(failure("[{\"targets\":" + "[".repeat(1_000_000))).contains("line 1");
    assertThat(failure("{\"a\":".repeat(1_000_000))).contains("line 1");
  }

  @Test
  void namesAndTextsAreBounded() {
    assertThat(failure("[\"" + "x".repeat(1 << 20) + "\"]"))
        .contains("malformed")
        .hasSizeLessThan(400);
    assertThat(failure("{\"" + "x".repeat(1 << 20) + "\":1}")).hasSizeLessThan(400);
  }

  @Test
  void aFormatThatWasSaidIsNotGuessed() {
    byte[] text = "10.0.0.1:80\n".getBytes(UTF_8);
    byte[] nothing = new byte[0];
    ListReader json = new ListReader("refresher.x", "targets", ListFormat.JSON);

    assertThat(json.read(text)).isInstanceOf(Refresh.Failure.class);
    assertThat(json.read(nothing)).isInstanceOf(Refresh.Failure.class);
    assertThat(new ListReader("refresher.x", "targets", ListFormat.TEXT).read("[]".getBytes(UTF_8)))
        .isInstanceOf(Refresh.Failure.class);
  }
}
