package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A third party's jar, which lbtk was never compiled with, in the folder of plugins. */
class StrangersPluginTest {

  private static final String SOURCE =
      """
      package com.acme;

      import io.lbtk.api.*;
      import java.util.List;

      public class Acme implements RefresherProvider {
        static final Option<Target> ONLY = Option.target("only").required().doc("The only target.");

        public String name() { return "acme"; }

        public List<Option<?>> options() { return List.of(ONLY); }

        public Refresher create(Settings settings, Context context) {
          return new Refresher() {
            public void start(RefreshListener listener) {
              listener.onRefresh(Refresh.snapshot(List.of(settings.get(ONLY))));
            }

            public void close() {}
          };
        }
      }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void dropTheJar() throws IOException {
    PluginJar.compile(folder, "Acme", SOURCE, "io.lbtk.api.RefresherProvider");
  }

  private Path settings(String target, String pluginsFolder) throws IOException {
    return Files.writeString(
        folder.resolve("lbtk.properties"),
        """
        plugins.dir            = %s
        refresher.r.type       = acme
        refresher.r.only       = %s
        generator.g.refreshers = r
        proxy.p.listen         = 127.0.0.1:0
        proxy.p.tokens         = g
        """
            .formatted(pluginsFolder, target));
  }

  @Test
  void addsATypeOfWhichConnectionsGetTheirTarget() throws Exception {
    try (NamedBackend backend = new NamedBackend("a");
        LbtkProcess lbtk =
            LbtkProcess.start(
                "run",
                settings(backend.target(), folder.resolve("plugins").toString()).toString())) {
      assertThat(Client.hear(lbtk.awaitPort("proxy.p"))).isEqualTo("a");
    }
  }

  @Test
  void itsOptionsAreCheckedAsAnyOthers() throws Exception {
    Path file = settings("nonsense", folder.resolve("plugins").toString());

    try (LbtkProcess lbtk = LbtkProcess.start("check", file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err()).hasSize(1);
      assertThat(lbtk.err().get(0))
          .startsWith(file + ":3: refresher.r.only = nonsense (expected: host:port");
    }
  }

  @Test
  void itIsNamedWithItsJarAndTheLineOfTheSettingsWhereItDoesNotStart() throws Exception {
    String failing =
        SOURCE.replace(
            "listener.onRefresh(Refresh.snapshot(List.of(settings.get(ONLY))));",
            "throw new NoClassDefFoundError(\"org/gone/Driver\");");
    PluginJar.compile(folder, "Acme", failing, "io.lbtk.api.RefresherProvider");
    Path plugins = folder.resolve("plugins");
    Path file = settings("127.0.0.1:1", plugins.toString());

    try (LbtkProcess lbtk = LbtkProcess.start("run", file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err()).hasSize(2);
      assertThat(lbtk.err().get(0))
          .startsWith(
              "%s:2: refresher.r: the plugin acme in %s failed: needs class org.gone.Driver, which is not there"
                  .formatted(file, plugins.resolve("Acme.jar")));
      assertThat(lbtk.err().get(1)).isEqualTo(file + ":5: proxy.p: generator.g did not start");
    }
  }

  @Test
  void withoutItsFolderTheTypeIsUnknown() throws Exception {
    Path file = settings("127.0.0.1:1", folder.resolve("none").toString());

    try (LbtkProcess lbtk = LbtkProcess.start("check", file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err()).hasSize(2);
      assertThat(lbtk.err().get(0))
          .startsWith(
              "%s:1: plugins.dir = %s (expected: a folder of plugins"
                  .formatted(file, folder.resolve("none")));
      assertThat(lbtk.err().get(1))
          .startsWith(file + ":2: refresher.r.type = acme: no refresher \"acme\"");
    }
  }
}
