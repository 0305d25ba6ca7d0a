package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** One process after the other serves the same address, or one that somebody else has bound. */
@EnabledOnOs(OS.LINUX)
class TakeOverTest {

  /** Binds a port, says which, and becomes the command, as systemd would start it. */
  private static final String ACTIVATE =
      """
      import os, socket, sys
      server = socket.create_server(("127.0.0.1", 0))
      server.setblocking(sys.argv[1] == "blocking")
      if server.fileno() != 3:
          os.dup2(server.fileno(), 3)
      os.set_inheritable(3, True)
      os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
      command = [word.replace("PORT", str(server.getsockname()[1])) for word in sys.argv[2:]]
      os.execv(command[0], command)
      """;

  @TempDir private Path folder;

  @Test
  void aNewProcessTakesTheListenerOverAndTheFormerOneEndsWithItsLastConnection() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        LbtkProcess former = run(a, 0)) {
      int port = former.awaitPort("proxy.p");
      try (LbtkProcess next = replace(former, b, port)) {
        assertThat(former.exitCode()).isZero();
        assertThat(Client.hear(port)).isEqualTo("b");
        assertThat(next.isAlive()).isTrue();
      }
    }
  }

  /** Starts the next process while the former one has a connection, which ends then. */
  private LbtkProcess replace(LbtkProcess former, NamedBackend backend, int port)
      throws IOException {
    try (Client old = new Client(port)) {
      assertThat(old.hear()).isEqualTo("a");
      LbtkProcess next = run(backend, port);
      next.awaitErr("^ready");
      former.awaitErr("another process serves its clients from now on");
      assertThat(Client.hear(port)).isEqualTo("b");
      assertThat(former.isAlive()).isTrue();
      return next;
    }
  }

  private LbtkProcess run(NamedBackend backend, int port) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lbtk.properties"),
            """
            refresher.r.type       = static
            refresher.r.targets    = %s
            generator.g.refreshers = r
            proxy.p.type           = tcp-splice
            proxy.p.listen         = 127.0.0.1:%d
            proxy.p.tokens         = g
            proxy.p.hand-over      = %s
            """
                .formatted(backend.target(), port, folder.resolve("p.sock")));
    return LbtkProcess.start("run", file.toString());
  }

  @Test
  void aListenerThatTheProcessWasStartedWithIsUsed() throws Exception {
    try (LbtkProcess lbtk = activate("non-blocking")) {
      int port = lbtk.awaitPort("echo.main");

      try (Client client = new Client(port)) {
        assertThat(client.say("hello").hear()).isEqualTo("hello");
      }
    }
  }

  @Test
  void aListenerThatWouldMakeALoopWaitIsAProblem() throws Exception {
    try (LbtkProcess lbtk = activate("blocking")) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err()).anyMatch(line -> line.contains("NonBlocking=true"));
    }
  }

  private static LbtkProcess activate(String kind) throws Exception {
    assumeTrue(hasPython() || "true".equals(System.getenv("CI")), "not found here: python3");
    return LbtkProcess.startBy(
        List.of("python3", "-c", ACTIVATE, kind), "echo", "--type", "splice", "127.0.0.1:PORT");
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-c", "").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
