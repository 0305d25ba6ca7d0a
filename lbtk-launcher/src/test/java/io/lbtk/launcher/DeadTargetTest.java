package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.testkit.ClosedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A small pool with a dead target: two proxies serve all clients by those that are left. */
class DeadTargetTest {

  private static final int CONNECTIONS = 1200;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"1, tcp-splice, 0", "1, tcp-nio, 8", "2, tcp-splice, 8"})
  void noClientFails(int healthy, String type, int window) throws Exception {
    List<NamedBackend> backends = new ArrayList<>();
    try (ClosedPort dead = new ClosedPort();
        LbtkProcess generator = LbtkProcess.start("gen", "tcp://127.0.0.1:0")) {
      generator.type(dead.target().hostPort());
      for (int i = 0; i < healthy; i++) {
        NamedBackend backend = new NamedBackend("alive");
        backends.add(backend);
        generator.type(backend.target());
      }
      generator.endInput();
      try (LbtkProcess proxies = proxies(generator.awaitPort("generator.main"), type, window)) {
        int[] ports = {proxies.awaitPort("proxy.a"), proxies.awaitPort("proxy.b")};
        int failed = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
          failed += isServed(ports[i % 2]) ? 0 : 1;
        }

        assertThat(failed).as("connections that failed, of %d", CONNECTIONS).isZero();
      }
    } finally {
      for (NamedBackend backend : backends) {
        backend.close();
      }
    }
  }

  private static boolean isServed(int port) {
    try {
      return "alive".equals(Client.hear(port));
    } catch (IOException e) {
      return false;
    }
  }

  private LbtkProcess proxies(int tokenPort, String type, int window) throws IOException {
    return LbtkProcess.start(
        Files.writeString(
                folder.resolve("proxies.properties"),
                """
                proxy.a.type = %2$s
                proxy.a.listen = 127.0.0.1:0
                proxy.a.tokens = tcp://127.0.0.1:%1$d
                proxy.a.window = %3$d
                proxy.b.type = %2$s
                proxy.b.listen = 127.0.0.1:0
                proxy.b.tokens = tcp://127.0.0.1:%1$d
                proxy.b.window = %3$d
                """
                    .formatted(tokenPort, type, window))
            .toString());
  }
}
