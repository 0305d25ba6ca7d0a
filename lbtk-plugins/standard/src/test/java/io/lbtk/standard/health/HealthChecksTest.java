package io.lbtk.standard.health;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.lbtk.api.HealthCheck;
import io.lbtk.api.HealthCheck.Result;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FullBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthChecksTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Target NOBODY = Target.of("127.0.0.1", 1);

  private static Result result(HealthCheck check, Target target, Duration timeout)
      throws Exception {
    try (check) {
      return check.check(target, timeout).get(60, TimeUnit.SECONDS);
    }
  }

  private static HealthCheck tcp() {
    return new TcpCheck("check", OptionalInt.empty());
  }

  private static HealthCheck http(String path, @Nullable String expect) {
    return new HttpCheck(
        "check", path, OptionalInt.empty(), new HttpCheck.StatusRange(200, 399), expect);
  }

  private static HealthCheck exec(String command) {
    return new ExecCheck("check", command, Ticker.system());
  }

  @Test
  void tcpPassesWhereAConnectionIsAccepted() throws Exception {
    try (EchoBackend echo = new EchoBackend()) {
      assertThat(result(tcp(), echo.target(), LONG)).isEqualTo(Result.pass());
    }
  }

  @Test
  void tcpFailsWhereItIsRefused() throws Exception {
    try (ClosedPort closed = new ClosedPort()) {
      Result refused = result(tcp(), closed.target(), LONG);

      assertThat(refused.passed()).isFalse();
      assertThat(refused.reason()).startsWith(closed.target().hostPort() + ": ");
    }
  }

  @Test
  void tcpFailsWhereItIsConnectedToItself() throws Exception {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Target target = Target.of("127.0.0.1", socket.getLocalPort());

    HealthCheck check = new TcpCheck("check", OptionalInt.empty(), () -> socket);

    assertThat(result(check, target, LONG).reason())
        .isEqualTo(target.hostPort() + ": Connection refused");
  }

  @Test
  void tcpFailsWhereNobodyAnswersInTime() throws Exception {
    try (FullBackend full = new FullBackend()) {
      assertThat(result(tcp(), full.target(), SHORT).reason())
          .contains("no connection within 200 ms");
    }
  }

  @Test
  void tcpFailsForAHostThatIsUnknown() throws Exception {
    assertThat(result(tcp(), Target.of("nobody.invalid", 80), LONG).reason())
        .isEqualTo("nobody.invalid:80: its host is unknown");
  }

  @Test
  void anotherPortOfTheTargetCanBeChecked() throws Exception {
    try (EchoBackend echo = new EchoBackend()) {
      HealthCheck check = new TcpCheck("check", OptionalInt.of(echo.target().port()));

      assertThat(result(check, NOBODY, LONG)).isEqualTo(Result.pass());
    }
  }

  private static Target answering(HttpServer server, int status, String body) {
    server.createContext(
        "/ready",
        exchange -> {
          exchange.sendResponseHeaders(status, 0);
          exchange.getResponseBody().write(body.getBytes(UTF_8));
          exchange.close();
        });
    server.start();
    return Target.of("127.0.0.1", server.getAddress().getPort());
  }

  private static HttpServer server() throws IOException {
    return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @Test
  void httpPassesWithAGoodStatusAndTheExpectedText() throws Exception {
    HttpServer server = server();
    Target target = answering(server, 200, "all is well");

    assertThat(result(http("/ready", "well"), target, LONG)).isEqualTo(Result.pass());
    assertThat(result(http("/ready", "ill"), target, LONG).reason())
        .contains("\"ill\" is not in the answer");
    server.stop(0);
  }

  @Test
  void httpFailsWithAnotherStatus() throws Exception {
    HttpServer server = server();
    Target target = answering(server, 503, "");

    assertThat(result(http("/ready", null), target, LONG).reason())
        .isEqualTo("http://%s/ready answered 503 (expected: 200-399)".formatted(target.hostPort()));
    server.stop(0);
  }

  @Test
  void httpFailsWhereNoAnswerComesInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Target target = Target.of("127.0.0.1", silent.getLocalPort());

      assertThat(result(http("/", null), target, SHORT).reason()).contains("within 200 ms");
    }
  }

  @Test
  void execPassesWithExitCodeNoughtAndKnowsTheTarget() throws Exception {
    HealthCheck check = exec("test \"$1 $2 $3\" = '127.0.0.1:1 127.0.0.1 1'");

    assertThat(result(check, NOBODY, LONG)).isEqualTo(Result.pass());
  }

  @Test
  void execFailsWithAnotherExitCodeAndSaysWhatTheCommandSaid() throws Exception {
    assertThat(result(exec("echo no disk >&2; exit 3"), NOBODY, LONG).reason())
        .contains("exit code 3")
        .contains("no disk");
  }

  @Test
  void execThatTakesTooLongIsEnded() throws Exception {
    assertThat(result(exec("sleep 1000"), NOBODY, SHORT).reason())
        .contains("did not end within 200 ms");
  }

  @Test
  void aCancelledExecIsEnded(@TempDir Path folder) throws Exception {
    Path pid = folder.resolve("pid");
    HealthCheck check = exec("echo $$ > " + pid + "; exec sleep 1000");
    CompletableFuture<Result> running = check.check(NOBODY, LONG);
    await().until(() -> Files.exists(pid) && !Files.readString(pid).isBlank());
    long process = Long.parseLong(Files.readString(pid).strip());

    running.cancel(true);

    await().until(() -> ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty());
    check.close();
  }

  @Test
  void statusesAreReadAsTheyAreWritten() {
    assertThat(HttpCheck.StatusRange.parse("200-299")).hasToString("200-299");
    assertThat(HttpCheck.StatusRange.parse("204")).hasToString("204");
    assertThatThrownBy(() -> HttpCheck.StatusRange.parse("ok"))
        .hasMessageContaining("expected: such as 200 or 200-399");
    assertThatThrownBy(() -> HttpCheck.StatusRange.parse("299-200"))
        .hasMessageContaining("expected: 100");
  }
}
