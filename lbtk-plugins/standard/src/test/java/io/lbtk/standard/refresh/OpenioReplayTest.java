package io.lbtk.standard.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.TestContext;
import io.lbtk.testkit.TestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Services of OpenIO SDS, as its proxy and its oio-cluster list them. No OpenIO runs here: what
 * they say is replayed, in the format of their sources.
 */
class OpenioReplayTest {

  private final ListServer proxy = new ListServer();
  private final RecordingListener listener = new RecordingListener();
  private final ManualClock clock = new ManualClock();

  @AfterEach
  void close() {
    proxy.close();
  }

  private List<String> read(Map<String, String> more) {
    Map<String, String> values = new HashMap<>(more);
    values.put("url", proxy.url().resolve("/").toString());
    values.put("namespace", "OPENIO");
    values.put("service", "rawx");
    try (Refresher refresher =
        new OpenioRefresher.Provider()
            .create(new TestSettings(values), new TestContext("refresher.x", clock))) {
      refresher.start(listener);
      clock.advance(Duration.ZERO);
    }
    return listener.targets().stream().map(Target::toString).toList();
  }

  @Test
  void aScoreIsAWeight() {
    proxy.answer(
        """
        [{"addr":"127.0.0.1:6010","score":81,"tags":{"tag.up":true,"stat.cpu":99.500000}},
         {"ns":"OPENIO","type":"rawx","addr":"[::1]:6011","score":1,"tags":{}},
         {"addr":"127.0.0.1:6012","score":0,"tags":{"tag.up":true}},
         {"addr":"127.0.0.1:6013","score":-2,"tags":{"tag.up":true}},
         {"addr":"127.0.0.1:6014","score":50,"tags":{"tag.up":false}}]
        """);

    assertThat(read(Map.of()))
        .containsExactly(
            "127.0.0.1:6010 weight=81",
            "[::1]:6011",
            "127.0.0.1:6012 weight=0",
            "127.0.0.1:6013 weight=0",
            "127.0.0.1:6014 weight=0");
    assertThat(proxy.uris()).containsExactly("/v3.0/OPENIO/conscience/list?type=rawx");
  }

  @ParameterizedTest
  @CsvSource({"score, 81", "put, 82", "get, 90"})
  void thereAreScoresForWritingAndForReading(String score, int weight) {
    proxy.answer(
        """
        [{"addr":"127.0.0.1:6010","score":81,"scores":{"score.put":82,"score.get":90},"tags":{}}]
        """);

    assertThat(read(Map.of("score", score))).containsExactly("127.0.0.1:6010 weight=" + weight);
  }

  @Test
  void anOlderProxyHasTheGeneralScoreAlone() {
    proxy.answer("[{\"addr\":\"127.0.0.1:6010\",\"score\":81}]");

    assertThat(read(Map.of("score", "get", "path", "/v2.0/cs/{namespace}/{service}")))
        .containsExactly("127.0.0.1:6010 weight=81");
    assertThat(proxy.uris()).containsExactly("/v2.0/cs/OPENIO/rawx");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"score\":81}",
        "{\"addr\":\"nonsense\",\"score\":81}",
        "{\"addr\":\"10.0.0.1:80\"}",
        "{\"addr\":\"10.0.0.1:80\",\"score\":\"high\"}",
        "{\"addr\":17,\"score\":81}",
        "[]",
        "null"
      })
  void aServiceThatIsNoneIsSkipped(String service) {
    proxy.answer("[" + service + ",{\"addr\":\"10.0.0.2:80\",\"score\":7}]");

    assertThat(read(Map.of())).containsExactly("10.0.0.2:80 weight=7");
  }

  @Test
  void whatOioClusterPrintsIsReadFromACommand(@TempDir Path folder) throws Exception {
    Path script =
        script(
            folder,
            """
            #!/bin/sh
            [ "$*" = "-r OPENIO" ] || exit 1
            cat <<'END'
            NAMESPACE|OPENIO|1048576
            OPENIO|rawx|127.0.0.1:6010|score=81|tag.up=true|tag.loc=vm.vol1|tag.vol=/mnt/a=b|stat.cpu=99.5
            OPENIO|rawx|[::1]:6011|score=0
            OPENIO|rawx|127.0.0.1:6012|score=77|tag.up=false
            OPENIO|rawx|nonsense
            END
            """);
    try (Refresher refresher =
        ExecRefresher.shellBuilder(script + " -r OPENIO").format(ListFormat.OIO_CLUSTER).build()) {
      refresher.start(listener);
      await().until(() -> listener.sets() > 0);
    }

    assertThat(listener.targets().stream().map(Target::toString))
        .containsExactly(
            "127.0.0.1:6010 weight=81", "[::1]:6011 weight=0", "127.0.0.1:6012 weight=0");
  }

  private static Path script(Path folder, String text) throws IOException {
    Path script = Files.writeString(folder.resolve("oio-cluster"), text);
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }
}
