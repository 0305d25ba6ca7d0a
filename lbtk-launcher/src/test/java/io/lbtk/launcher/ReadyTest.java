package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.testkit.ClosedPort;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process says as long as it cannot serve clients, and when it can. */
class ReadyTest {

  @TempDir private Path folder;

  @Test
  void aProxyIsReadyWhenItHasAGeneratorAndAGeneratorWhenItHasTargets() throws Exception {
    try (ClosedPort tokens = new ClosedPort();
        NamedBackend backend = new NamedBackend("a");
        LbtkProcess proxy =
            LbtkProcess.start("proxy", "127.0.0.1:0", "tcp://" + tokens.target().hostPort())) {
      int port = proxy.awaitPort("proxy.main");
      proxy.awaitErr("^not ready yet: proxy\\.main: no generator yet$");
      try (LbtkProcess gen = LbtkProcess.start("gen", "tcp://" + tokens.target().hostPort())) {
        gen.awaitErr("^not ready yet: generator\\.main: no targets yet$");
        assertThat(gen.err()).noneMatch(line -> line.startsWith("ready"));
        assertThat(proxy.err()).noneMatch(line -> line.startsWith("ready"));

        gen.type(backend.target(), "");

        gen.awaitErr("^ready$");
        proxy.awaitErr("^ready, try: nc 127.0.0.1 " + port + "$");
        assertThat(Client.hear(port)).isEqualTo("a");
      }
    }
  }

  @Test
  void whatIsMissingIsInTheLogAfterSomeSeconds() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("lbtk.properties"),
            """
            refresher.r.type       = file
            refresher.r.path       = none.txt
            refresher.ports.type   = file
            refresher.ports.path   = none.txt
            generator.g.refreshers = r
            proxy.p.listen         = 127.0.0.1:0
            proxy.p.tokens         = g
            proxy.q.listen         = 127.0.0.1:0
            proxy.q.tokens         = refresher:ports
            """);

    try (LbtkProcess lbtk = LbtkProcess.start(file.toString())) {
      lbtk.awaitErr("^not ready yet: generator\\.g: no targets yet; proxy\\.q: no generator yet$");
      lbtk.awaitErr("WARN  generator\\.g: no targets yet$");
      lbtk.awaitErr("WARN  proxy\\.q: no generator yet$");

      lbtk.terminate();
      assertThat(lbtk.exitCode()).isZero();
    }
  }

  @Test
  void aGeneratorLogsTheProxiesThatComeAndGo() throws Exception {
    try (LbtkProcess gen = LbtkProcess.start("gen", "tcp://127.0.0.1:0")) {
      gen.type("127.0.0.1:1", "");
      String uri = "tcp://127.0.0.1:" + gen.awaitPort("generator.main");
      try (LbtkProcess proxy = LbtkProcess.start("proxy", "--loops", "2", "127.0.0.1:0", uri)) {
        proxy.awaitErr("^ready, ");
        gen.awaitErr("INFO  generator\\.main: .* connected from 127\\.0\\.0\\.1; 2 peers now$");
        proxy.terminate();
        assertThat(proxy.exitCode()).isZero();
      }
      gen.awaitErr("INFO  generator\\.main: .* disconnected from 127\\.0\\.0\\.1; 0 peers now$");
    }
  }
}
