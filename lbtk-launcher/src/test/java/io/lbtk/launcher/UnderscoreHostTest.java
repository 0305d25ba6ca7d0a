package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Host names with an underscore, as container platforms give them to services. */
class UnderscoreHostTest {

  private static final String HOST = "my_host";
  private static final int PATIENCE_MILLIS = 60_000;

  @TempDir private Path folder;
  private Map<String, String> environment = Map.of();

  @BeforeEach
  void nameTheLoopback() throws IOException {
    Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 " + HOST + "\n");
    environment = Map.of("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + hosts);
  }

  private static String read(InputStream in, int bytes) throws IOException {
    return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest(name = "refresh {0}")
  @CsvSource({
    "etcd http://my_host:%d /web, PRI * HTTP/2.0",
    "redis redis://my_host:%d/1 web, *",
    "zookeeper my_host:%d /web, ''",
    "consul http://my_host:%d web, GET /v1/health/service/web",
    "http http://my_host:%d/list, GET /list HTTP/1.1"
  })
  void aDirectoryIsAskedByThatName(String words, String begin) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        LbtkProcess lbtk =
            LbtkProcess.startWith(
                environment, ("refresh " + words.formatted(server.getLocalPort())).split(" "))) {
      server.setSoTimeout(PATIENCE_MILLIS);
      try (Socket client = server.accept()) {
        client.setSoTimeout(PATIENCE_MILLIS);
        assertThat(read(client.getInputStream(), begin.length())).isEqualTo(begin);
      }
      assertThat(lbtk.isAlive()).isTrue();
    }
  }

  @Test
  void aServerOfHttpHearsTheNameAndAnswers() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        LbtkProcess lbtk =
            LbtkProcess.startWith(
                environment,
                "refresh",
                "--once",
                "http",
                "http://%s:%d/list".formatted(HOST, server.getLocalPort()))) {
      server.setSoTimeout(PATIENCE_MILLIS);
      try (Socket client = server.accept()) {
        client.setSoTimeout(PATIENCE_MILLIS);
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
          request.append(read(client.getInputStream(), 1));
        }
        assertThat(request.toString().lines().filter(line -> line.startsWith("Host:")))
            .containsExactly("Host: %s:%d".formatted(HOST, server.getLocalPort()));
        client
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n127.0.0.1:8080"
                    .getBytes(StandardCharsets.ISO_8859_1));
        assertThat(lbtk.exitCode()).isZero();
      }
      assertThat(lbtk.out()).containsExactly("127.0.0.1:8080", "");
    }
  }

  @Test
  void aTokenPortIsConnectedTo() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        LbtkProcess lbtk =
            LbtkProcess.start(
                "tokens", "tcp://my_host.localhost:%d".formatted(server.getLocalPort()))) {
      server.setSoTimeout(PATIENCE_MILLIS);
      try (Socket client = server.accept()) {
        client.setSoTimeout(PATIENCE_MILLIS);
        assertThat(client.getInputStream().read())
            .as("begin of a greeting of ZMTP")
            .isEqualTo(0xFF);
      }
      assertThat(lbtk.isAlive()).isTrue();
    }
  }

  @Test
  void settingsMayNameIt() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("lbtk.properties"),
            """
            proxy.front.listen = 127.0.0.1:0
            proxy.front.tokens = tcp://my_host:1024, tcp://other_host:1024
            """);

    try (LbtkProcess lbtk = LbtkProcess.start("check", file.toString())) {
      assertThat(lbtk.exitCode()).isZero();
      assertThat(lbtk.err()).isEmpty();
    }
  }

  @Test
  void withTlsTheReasonOfARefusalIsTold() throws Exception {
    try (LbtkProcess lbtk = LbtkProcess.start("refresh", "http", "https://my_host/list")) {
      assertThat(lbtk.exitCode()).isEqualTo(2);
      assertThat(lbtk.err())
          .isEqualTo(
              List.of(
                  "url = https://my_host/list (expected: http://host/path or https://host/path,"
                      + " without a user, and with https without _ in the host)"));
    }
  }
}
