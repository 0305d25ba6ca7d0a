package io.lbtk.standard.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.SettingsException;
import io.lbtk.core.refresh.GuardOptions;
import io.lbtk.discovery.http.HttpOptions;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.TestContext;
import io.lbtk.testkit.TestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvidersTest {

  @TempDir Path dir;

  private final ManualClock clock = new ManualClock();
  private final TestContext context = new TestContext("refresher.x", clock);
  private final RecordingListener listener = new RecordingListener();

  private static RefresherProvider provider(String name) {
    return ServiceLoader.load(RefresherProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no provider " + name));
  }

  private Refresher create(String type, Map<String, String> values) {
    return provider(type).create(new TestSettings(values), context);
  }

  @Test
  void eachTypeIsFoundAndSaysWhatItIs() {
    for (String type :
        new String[] {"static", "file", "stdin", "exec", "http", "openio", "merge", "weigh-by"}) {
      assertThat(provider(type).doc()).isNotBlank();
      assertThat(provider(type).options()).allSatisfy(o -> assertThat(o.doc()).isNotBlank());
    }
  }

  @Test
  void staticTargetsAreReportedAtOnce() {
    try (Refresher refresher =
        create("static", Map.of("targets", "10.0.0.1:80, 10.0.0.2:80 weight=2 zone=b"))) {
      refresher.start(listener);
    }

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80 weight=2 zone=b");
  }

  @Test
  void garbageAmongStaticTargetsIsNamed() {
    assertThatThrownBy(() -> StaticRefresher.Provider.TARGETS.parse("10.0.0.1:80, nonsense"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"nonsense\"")
        .hasMessageContaining("expected: host:port");
    assertThatThrownBy(() -> StaticRefresher.Provider.TARGETS.parse(" "))
        .hasMessageContaining("at least one target");
    assertThatThrownBy(() -> StaticRefresher.of("10.0.0.1:80", "10.0.0.2:0"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFileIsReadOnTheSchedulerOfItsPart() throws IOException {
    Path file = Files.writeString(dir.resolve("targets"), "a:1\n");

    try (Refresher refresher =
        create("file", Map.of("path", file.toString(), "format", "text", "interval", "7s"))) {
      refresher.start(listener);
      assertThat(listener.reports()).isEmpty();
      clock.advance(Duration.ofSeconds(1));
      assertThat(listener.hostPorts()).containsExactly("a:1");
      assertThat(clock.untilNext()).hasValueSatisfying(d -> assertThat(d).isPositive());
    }
  }

  @Test
  void theShellRunsACommand() {
    try (Refresher refresher = create("exec", Map.of("command", "echo a:1 | cat"))) {
      refresher.start(listener);
      listener.awaitTargets("a:1");
    }
  }

  @Test
  void aUrlIsAskedAsItsSettingsSay() {
    try (ListServer server = new ListServer();
        Refresher refresher =
            create(
                "http",
                Map.of(
                    "url", server.url().toString(),
                    "header.x-token", "secret",
                    "array", "/nodes",
                    "address", "/at",
                    "weight", "/w"))) {
      server.answer("{\"nodes\":[{\"at\":\"a:1\",\"w\":2}]}");
      refresher.start(listener);
      clock.advance(Duration.ZERO);

      listener.awaitTargets("a:1 weight=2");
      assertThat(server.requests().get(0).get("X-token")).containsExactly("secret");
    }
  }

  @Test
  void settingsOfAUrlThatDoNotFitAreNamed() {
    assertThatThrownBy(() -> HttpOptions.URL.parse("ftp://host/list"))
        .hasMessageContaining("expected: http://host/path");
    assertThatThrownBy(() -> HttpOptions.URL.parse("http://user:secret@host/list"))
        .hasMessageContaining("without a user");
    assertThatThrownBy(() -> HttpRefresher.Provider.PORT.parse("0"))
        .hasMessageContaining("expected: a JSON pointer");
    assertThatThrownBy(() -> HttpRefresher.Provider.ARRAY.parse("nodes"))
        .hasMessageContaining("expected: a JSON pointer");
    for (Map<String, String> wrong :
        List.of(
            Map.of("address", "/at", "host", "/ip"),
            Map.of("array", "/nodes", "format", "text"),
            Map.of("header.a b", "secret"),
            Map.of("header.host", "secret"),
            Map.of("ca", dir.resolve("none").toString()))) {
      Map<String, String> values = new HashMap<>(wrong);
      values.put("url", "http://127.0.0.1/");
      assertThatThrownBy(() -> create("http", values))
          .isInstanceOf(SettingsException.class)
          .hasMessageStartingWith("refresher.x: ")
          .hasMessageContaining("expected: ")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void whatIsKeptRunningHasNoFormat() {
    assertThatThrownBy(
            () ->
                create("exec", Map.of("command", "cat", "interval", "0", "format", "oio-cluster")))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("refresher.x: interval = 0 and a format");
  }

  @Test
  void aMergeTakesItsPartsFromTheSettings() {
    context
        .withRefresher("one", () -> StaticRefresher.of("a:1 weight=2"))
        .withRefresher("two", () -> StaticRefresher.of("a:1", "b:1"));

    try (Refresher refresher = create("merge", Map.of("of", "one, two"))) {
      refresher.start(listener);
      assertThat(refresher.mode()).isEqualTo(Refresher.Mode.STATED);
    }

    listener.awaitTargets("a:1 weight=2", "b:1");
  }

  @Test
  void allPartsThatAreUnknownToAMergeAreNamed() {
    context.withRefresher("one", () -> StaticRefresher.of("a:1"));

    assertThatThrownBy(() -> create("merge", Map.of("of", "one, zwo, drei")))
        .isInstanceOfSatisfying(SettingsException.class, e -> assertThat(e.problems()).hasSize(2));
    assertThatThrownBy(() -> MergeRefresherProvider.OF.parse("one, one"))
        .hasMessageContaining("each refresher once");
  }

  @Test
  void weightsByAnotherTakeBothFromTheSettings() {
    context
        .withRefresher("one", () -> StaticRefresher.of("a:1", "b:1", "b:2 weight=2"))
        .withRefresher("load", () -> StaticRefresher.of("a:9 weight=30", "b:9 weight=10"));

    try (Refresher refresher = create("weigh-by", Map.of("of", "one", "by", "load"))) {
      refresher.start(listener);
      assertThat(refresher.mode()).isEqualTo(Refresher.Mode.STATED);
    }

    listener.awaitTargets("a:1 weight=150", "b:1 weight=50", "b:2 weight=100");
    assertThatThrownBy(() -> create("weigh-by", Map.of("of", "zwo", "by", "drei")))
        .isInstanceOfSatisfying(SettingsException.class, e -> assertThat(e.problems()).hasSize(2));
  }

  @Test
  void theGuardsOfEveryRefresherComeFromItsSettings() throws IOException {
    Path file = Files.writeString(dir.resolve("targets"), "a:1\nb:1\nc:1\nd:1\n");
    Map<String, String> values = new HashMap<>();
    values.put("on-empty", "accept");
    values.put("debounce", "1s");
    values.put("max-shrink", "50");
    values.put("on-error", "clear");

    try (LogLines log = new LogLines("io.lbtk.core.refresh");
        Refresher guarded =
            GuardOptions.guard(
                create("file", Map.of("path", file.toString(), "interval", "5s")),
                new TestSettings(values),
                context)) {
      guarded.start(listener);
      clock.advance(Duration.ofSeconds(1));
      listener.awaitTargets("a:1", "b:1", "c:1", "d:1");

      Files.writeString(file, "a:1\n");
      // Two reads, which is less than the time that would confirm it without a second one.
      clock.advance(Duration.ofSeconds(15));
      listener.awaitTargets("a:1");
      assertThat(log.lines().get(0)).contains("3 of 4 targets are gone at once (max-shrink = 50)");

      Files.writeString(file, "# none\n");
      clock.advance(Duration.ofSeconds(8));
      assertThat(listener.targets()).isEmpty();

      Files.writeString(file, "b:1\n");
      clock.advance(Duration.ofSeconds(8));
      listener.awaitTargets("b:1");
      Files.delete(file);
      clock.advance(Duration.ofSeconds(8));
      assertThat(listener.targets()).isEmpty();
    }
    assertThat(GuardOptions.all()).allSatisfy(o -> assertThat(o.doc()).isNotBlank());
  }
}
