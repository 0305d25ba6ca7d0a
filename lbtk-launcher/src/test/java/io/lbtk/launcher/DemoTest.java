package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.testkit.ClosedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo of the README, as processes with real sockets. */
class DemoTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void generatorAndProxyAndTargetsRunAsThreeProcesses() throws Exception {
    try (LbtkProcess echo = LbtkProcess.start("echo", "127.0.0.1:0", "127.0.0.1:0");
        LbtkProcess gen = LbtkProcess.start("gen", "tcp://127.0.0.1:0")) {
      gen.type(
          "127.0.0.1:" + echo.awaitPort("echo.main", 1),
          "127.0.0.1:" + echo.awaitPort("echo.main", 2));
      gen.endInput();
      String uri = "tcp://127.0.0.1:" + gen.awaitPort("generator.main");
      try (LbtkProcess proxy = LbtkProcess.start("proxy", "127.0.0.1:0", uri)) {
        int port = proxy.awaitPort("proxy.main");
        proxy.awaitErr("^ready, try: nc 127.0.0.1 " + port + "$");
        for (int i = 0; i < 4; i++) {
          try (Client client = new Client(port)) {
            assertThat(client.say("hello " + i).hear()).isEqualTo("hello " + i);
          }
        }
        assertThat(gen.isAlive()).isTrue();
      }
    }
  }

  @Test
  void aListIsPipedIntoAGeneratorWhichServesAnyPullPeer() throws Exception {
    List<LbtkProcess> piped =
        LbtkProcess.startPiped(
            List.of("refresh", "static", "127.0.0.1:8000", "127.0.0.1:8001"),
            List.of("gen", "tcp://127.0.0.1:0"));
    try (LbtkProcess refresh = piped.get(0);
        LbtkProcess gen = piped.get(1)) {
      String uri = "tcp://127.0.0.1:" + gen.awaitPort("generator.main");
      try (LbtkProcess tokens = LbtkProcess.start("tokens", uri, "--count", "4")) {
        assertThat(tokens.exitCode()).isZero();
        assertThat(tokens.out())
            .isIn(
                List.of("127.0.0.1:8000", "127.0.0.1:8001", "127.0.0.1:8000", "127.0.0.1:8001"),
                List.of("127.0.0.1:8001", "127.0.0.1:8000", "127.0.0.1:8001", "127.0.0.1:8000"));
      }
      assertThat(refresh.exitCode()).isZero();
      assertThat(gen.isAlive()).isTrue();
    }
  }

  @Test
  void targetsAreDealtInTurnAndANewListReplacesTheOld() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        NamedBackend c = new NamedBackend("c");
        LbtkProcess gen = LbtkProcess.start("gen", "tcp://127.0.0.1:0")) {
      gen.type(a.target(), b.target(), "");
      gen.awaitErr("generator\\.main: 2 targets \\(\\+2 -0\\)");
      String uri = "tcp://127.0.0.1:" + gen.awaitPort("generator.main");
      try (LbtkProcess proxy = LbtkProcess.start("proxy", "--loops", "1", "127.0.0.1:0", uri)) {
        int port = proxy.awaitPort("proxy.main");
        List<String> heard = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          heard.add(String.valueOf(Client.hear(port)));
        }
        assertThat(heard).isIn(List.of("a", "b", "a", "b"), List.of("b", "a", "b", "a"));

        gen.type(c.target(), "");
        gen.awaitErr("generator\\.main: 1 target");
        assertThat(Client.hear(port)).isEqualTo("c");

        gen.endInput();
        assertThat(Client.hear(port)).isEqualTo("c");
        assertThat(gen.isAlive()).isTrue();
      }
    }
  }

  @Test
  void aProxyWaitsForATokenPortThatIsNotThereYet() throws Exception {
    try (ClosedPort later = new ClosedPort();
        NamedBackend a = new NamedBackend("a");
        LbtkProcess proxy = proxyOf(later)) {
      int front = proxy.awaitPort("proxy.main");
      proxy.awaitErr("WARN .*127\\.0\\.0\\.1:" + later.target().port());
      try (LbtkProcess gen = LbtkProcess.start("gen", uriOf(later))) {
        gen.type(a.target(), "");
        gen.awaitErr("generator\\.main: 1 target");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(Client.hear(front)).isEqualTo("a"));
      }
    }
  }

  @Test
  void theDemoFileRunsInOneProcessAndSaysWhatToTry(@TempDir Path folder) throws Exception {
    try (ClosedPort one = new ClosedPort();
        ClosedPort two = new ClosedPort();
        ClosedPort front = new ClosedPort();
        ClosedPort token = new ClosedPort()) {
      String text =
          Files.readString(Path.of("..", "examples", "demo.properties"))
              .replace("127.0.0.1:8000", one.target().hostPort())
              .replace("127.0.0.1:8001", two.target().hostPort())
              .replace("127.0.0.1:8080", front.target().hostPort())
              .replace("127.0.0.1:1024", token.target().hostPort());
      Path file = Files.writeString(folder.resolve("demo.properties"), text);
      assertTheDemoRuns(file, front.target().port(), uriOf(token), one, two);
    }
  }

  private static void assertTheDemoRuns(
      Path file, int front, String tokenPort, ClosedPort one, ClosedPort two) throws Exception {
    try (LbtkProcess demo = LbtkProcess.start(file.toString())) {
      demo.awaitErr("^ready, try: nc 127.0.0.1 " + front + "$");
      Set<@Nullable String> greetings = new HashSet<>();
      for (int i = 0; i < 2; i++) {
        try (Client client = new Client(front)) {
          greetings.add(client.hear());
          assertThat(client.say("hello").hear()).isEqualTo("hello");
        }
      }
      assertThat(greetings)
          .containsExactlyInAnyOrder(
              "echo.demo " + one.target().hostPort(), "echo.demo " + two.target().hostPort());
      try (LbtkProcess tokens = LbtkProcess.start("tokens", "--lease", "--count", "4", tokenPort)) {
        assertThat(tokens.exitCode()).isZero();
        assertThat(tokens.out())
            .hasSize(4)
            .containsOnly(one.target().hostPort(), two.target().hostPort());
      }
      demo.terminate();
      assertThat(demo.exitCode()).isZero();
    }
  }

  private static LbtkProcess proxyOf(ClosedPort tokenPort) throws IOException {
    return LbtkProcess.start("proxy", "--loops", "1", "127.0.0.1:0", uriOf(tokenPort));
  }

  private static String uriOf(ClosedPort port) {
    return "tcp://" + port.target().hostPort();
  }
}
