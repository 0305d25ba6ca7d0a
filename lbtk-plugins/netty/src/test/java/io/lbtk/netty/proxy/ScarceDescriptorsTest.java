package io.lbtk.netty.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.testkit.EchoBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A proxy in a process of its own that may open few files. */
@EnabledOnOs(OS.LINUX)
class ScarceDescriptorsTest {

  private static final int LIMIT = 128;

  @TempDir private Path folder;

  @Test
  void itSaysOnceThatNoFileIsLeftAndGoesOnWhenThereIs() throws Exception {
    Path log = folder.resolve("log");
    try (EchoBackend echo = new EchoBackend()) {
      Process process = start(log, echo.target());
      try (BufferedReader out = process.inputReader(UTF_8)) {
        int port = Integer.parseInt(out.readLine());
        assertThat(exchange(port)).isEqualTo(7);

        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 2 * LIMIT; i++) {
          clients.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> Files.readString(log, UTF_8).contains("cannot accept connections"));
        for (Socket client : clients) {
          client.close();
        }

        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptionsInstanceOf(IOException.class)
            .until(() -> exchange(port) == 7);
        assertThat(Files.readString(log, UTF_8)).containsOnlyOnce("cannot accept connections");
      } finally {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  private static Process start(Path log, Target target) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            "sh",
            "-c",
            "ulimit -n " + LIMIT + " && exec \"$0\" \"$@\"",
            java,
            "-XX:-MaxFDLimit",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            target.hostPort())
        .redirectError(log.toFile())
        .start();
  }

  private static int exchange(int port) throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setSoTimeout(5_000);
      client.getOutputStream().write(7);
      return client.getInputStream().read();
    }
  }

  /** The process: a proxy to one target, until it is ended. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) {
      Target target = Target.parse(args[0]);
      TokenSource tokens =
          new TokenSource() {
            @Override
            public CompletableFuture<Token> take(Demand demand) {
              return CompletableFuture.completedFuture(new FixedToken(target));
            }

            @Override
            public void close() {}
          };
      TcpNioProxy proxy =
          TcpNioProxy.builder().listen("127.0.0.1:0").tokens(tokens).loops(1).build();
      proxy.start();
      System.out.println(proxy.address().getPort());
    }
  }

  private record FixedToken(Target target) implements Token {
    @Override
    public void release(Outcome outcome) {}
  }
}
