package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proxy whose token ports a refresher finds. */
class DiscoveredTokenPortsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private void list(String... ports) throws IOException {
    Path next = Files.writeString(folder.resolve("next"), String.join("\n", ports) + "\n");
    Files.move(next, folder.resolve("ports"), StandardCopyOption.REPLACE_EXISTING);
  }

  private LbtkProcess proxy() throws IOException {
    return LbtkProcess.start(
        Files.writeString(
                folder.resolve("proxy.properties"),
                """
                refresher.ports.type = file
                refresher.ports.path = %s
                proxy.p.listen = 127.0.0.1:0
                proxy.p.tokens = refresher:ports
                proxy.p.loops = 2
                """
                    .formatted(folder.resolve("ports")))
            .toString());
  }

  private static LbtkProcess generator(NamedBackend backend) throws IOException {
    LbtkProcess generator = LbtkProcess.start("gen", "tcp://127.0.0.1:0");
    generator.type(backend.target());
    generator.endInput();
    return generator;
  }

  private static String port(LbtkProcess generator) {
    return "127.0.0.1:" + generator.awaitPort("generator.main");
  }

  private static void awaitHears(int proxy, String name) {
    await().atMost(PATIENCE).until(() -> name.equals(Client.hear(proxy)));
  }

  @Test
  void theProxyGoesWhereTheListSays() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        LbtkProcess first = generator(a);
        LbtkProcess second = generator(b)) {
      list(port(first) + " priority=1", port(second) + " priority=2");
      try (LbtkProcess proxy = proxy()) {
        int port = proxy.awaitPort("proxy.p");
        awaitHears(port, "a");

        list(port(first) + " priority=1 weight=0", port(second) + " priority=2");
        awaitHears(port, "b");

        list(port(first));
        awaitHears(port, "a");
      }
    }
  }

  @Test
  void theNextPortOfTheListTakesOverWhereTheFirstHasGone() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        LbtkProcess first = generator(a);
        LbtkProcess second = generator(b)) {
      list(port(second) + " priority=2", port(first) + " priority=1");
      try (LbtkProcess proxy = proxy()) {
        int port = proxy.awaitPort("proxy.p");
        awaitHears(port, "a");

        first.terminate();

        awaitHears(port, "b");
      }
    }
  }

  @Test
  void aListThatComesLaterServesClientsThatWait() throws Exception {
    list("# none yet");
    try (NamedBackend a = new NamedBackend("a");
        LbtkProcess generator = generator(a);
        LbtkProcess proxy = proxy()) {
      int port = proxy.awaitPort("proxy.p");
      String found = port(generator);
      try (Client waiting = new Client(port)) {
        list(found);

        assertThat(waiting.hear()).isEqualTo("a");
      }
    }
  }

  @Test
  void aRefresherThatIsNotThereIsAProblemOfTheSettings() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("wrong.properties"),
            """
            refresher.ports.type = static
            refresher.ports.targets = 127.0.0.1:1024
            proxy.p.listen = 127.0.0.1:0
            proxy.p.tokens = refresher:port
            """);
    try (LbtkProcess check = LbtkProcess.start("check", file.toString())) {
      assertThat(check.exitCode()).isOne();
      assertThat(check.err())
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains("proxy.p.tokens")
                      .contains("no refresher")
                      .contains("\"ports\""));
    }
  }
}
