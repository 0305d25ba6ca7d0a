package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of connections when the process is told to stop. */
class StopTest {

  @TempDir private Path folder;

  private LbtkProcess start(NamedBackend backend) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lbtk.properties"),
            """
            refresher.r.type     = static
            refresher.r.targets  = %s
            generator.g.refreshers = r
            proxy.p.listen       = 127.0.0.1:0
            proxy.p.tokens       = g
            """
                .formatted(backend.target()));
    return LbtkProcess.start("run", file.toString());
  }

  @Test
  void sigtermLetsConnectionsEndAndTakesNoNewOne() throws Exception {
    try (NamedBackend backend = new NamedBackend("a");
        LbtkProcess lbtk = start(backend)) {
      int port = lbtk.awaitPort("proxy.p");
      try (Client client = new Client(port)) {
        assertThat(client.hear()).isEqualTo("a");
        lbtk.terminate();
        lbtk.awaitErr("stopping: ");
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(
                () -> assertThatThrownBy(() -> Client.hear(port)).isInstanceOf(IOException.class));
        assertThat(lbtk.isAlive()).isTrue();
      }
      assertThat(lbtk.exitCode()).isZero();
    }
  }

  @Test
  void aSecondSigtermStopsNow() throws Exception {
    try (NamedBackend backend = new NamedBackend("a");
        LbtkProcess lbtk = start(backend);
        Client client = new Client(lbtk.awaitPort("proxy.p"))) {
      assertThat(client.hear()).isEqualTo("a");
      lbtk.terminate();
      lbtk.awaitErr("stopping: ");
      lbtk.terminate();

      assertThat(lbtk.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void whoHasNoConnectionEndsAtOnce() throws Exception {
    try (LbtkProcess lbtk = LbtkProcess.start("echo", "127.0.0.1:0")) {
      lbtk.awaitErr("^ready$");
      lbtk.terminate();

      assertThat(lbtk.exitCode()).isZero();
      assertThat(lbtk.err()).noneMatch(line -> line.contains("Exception"));
    }
  }
}
