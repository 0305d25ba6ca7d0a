package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    int port = freePorts(1).get(0);
    String uri = "tcp://127.0.0.1:" + port;
    try (NamedBackend a = new NamedBackend("a");
        LbtkProcess proxy = LbtkProcess.start("proxy", "--loops", "1", "127.0.0.1:0", uri)) {
      int front = proxy.awaitPort("proxy.main");
      proxy.awaitErr("WARN .*127\\.0\\.0\\.1:" + port);
      try (LbtkProcess gen = LbtkProcess.start("gen", uri)) {
        gen.type(a.target(), "");
        gen.awaitErr("generator\\.main: 1 target");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(Client.hear(front)).isEqualTo("a"));
      }
    }
  }

  @Test
  void theDemoFileRunsInOneProcessAndSaysWhatToTry(@TempDir Path folder) throws Exception {
    List<Integer> ports = freePorts(4);
    String text =
        Files.readString(Path.of("..", "examples", "demo.properties"))
            .replace(":8000", ":" + ports.get(0))
            .replace(":8001", ":" + ports.get(1))
            .replace(":8080", ":" + ports.get(2))
            .replace(":1024", ":" + ports.get(3));
    Path file = Files.writeString(folder.resolve("demo.properties"), text);

    try (LbtkProcess demo = LbtkProcess.start(file.toString())) {
      demo.awaitErr("^ready, try: nc 127.0.0.1 " + ports.get(2) + "$");
      try (Client client = new Client(ports.get(2))) {
        assertThat(client.say("hello").hear()).isEqualTo("hello");
      }
      try (LbtkProcess tokens =
          LbtkProcess.start(
              "tokens", "--lease", "--count", "4", "tcp://127.0.0.1:" + ports.get(3))) {
        assertThat(tokens.exitCode()).isZero();
        assertThat(tokens.out())
            .hasSize(4)
            .containsOnly("127.0.0.1:" + ports.get(0), "127.0.0.1:" + ports.get(1));
      }
      demo.terminate();
      assertThat(demo.exitCode()).isZero();
    }
  }

  /** Ports that the kernel calls free. */
  private static List<Integer> freePorts(int n) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < n; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
