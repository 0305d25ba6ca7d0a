package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.testkit.ClosedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What happens where the log cannot be written. */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {

  @TempDir private Path folder;

  @Test
  void connectionsAreServedAlthoughNoLineOfTheLogCanBeWritten() throws Exception {
    // It cannot say where it listens, so that this must be known before.
    try (ClosedPort entrance = new ClosedPort();
        ClosedPort dead = new ClosedPort();
        NamedBackend backend = new NamedBackend("a");
        LbtkProcess lbtk =
            LbtkProcess.startRedirected(
                "2>/dev/full", "run", settings(entrance, backend, dead).toString())) {
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> "a".equals(Client.hear(entrance.target().port())));
      for (int i = 0; i < 20; i++) {
        assertThat(Client.hear(entrance.target().port())).isEqualTo("a");
      }
      lbtk.terminate();

      assertThat(lbtk.exitCode()).isZero();
    }
  }

  /** Of the two targets one refuses, which is a warning. */
  private Path settings(ClosedPort entrance, NamedBackend backend, ClosedPort dead)
      throws IOException {
    return Files.writeString(
        folder.resolve("lbtk.properties"),
        """
        refresher.r.type       = static
        refresher.r.targets    = %s, %s
        generator.g.refreshers = r
        proxy.p.listen         = %s
        proxy.p.tokens         = g
        """
            .formatted(backend.target(), dead.target(), entrance.target()));
  }
}
