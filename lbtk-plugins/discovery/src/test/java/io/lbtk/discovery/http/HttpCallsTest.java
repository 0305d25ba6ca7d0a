package io.lbtk.discovery.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.lbtk.testkit.ClosedPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpCallsTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final HttpCalls calls = HttpCalls.builder().build();

  @AfterEach
  void close() {
    calls.close();
  }

  private static HttpRequest.Builder get(ClosedPort port) {
    return HttpRequest.newBuilder(URI.create("http://" + port.target().hostPort() + "/"));
  }

  private void isRefused(ClosedPort port) {
    assertThatThrownBy(() -> calls.call(get(port), LONG))
        .isInstanceOf(IOException.class)
        .hasMessage("it cannot be connected to");
  }

  @Test
  void aServerThatWasNotThereIsConnectedToByAGuardedSocketFirst() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      isRefused(port);

      try (ServerSocket server = listen(port)) {
        Thread thread = new Thread(() -> serve(server));
        thread.start();
        assertThat(calls.call(get(port), LONG).statusCode()).isEqualTo(204);
        thread.join();
      }
    }
  }

  @Test
  void aServerThatStaysAwayIsRefusedEachTime() {
    try (ClosedPort port = new ClosedPort()) {
      isRefused(port);
      isRefused(port);
    }
  }

  @Test
  void aServerThatIsBackIsCalledAsBefore() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      isRefused(port);
      HttpServer server = HttpServer.create(address(port), 0);
      server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
          });
      server.start();
      try {
        assertThat(calls.call(get(port), LONG).statusCode()).isEqualTo(204);
        assertThat(calls.call(get(port), LONG).statusCode()).isEqualTo(204);
      } finally {
        server.stop(0);
      }
    }
  }

  private static InetSocketAddress address(ClosedPort port) {
    return new InetSocketAddress(port.target().host(), port.target().port());
  }

  private static ServerSocket listen(ClosedPort port) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(address(port));
    return server;
  }

  /** Takes one connection that says nothing, and answers on the next. */
  private static void serve(ServerSocket server) {
    try (Socket guarded = server.accept()) {
      if (guarded.getInputStream().read() >= 0) {
        return;
      }
      try (Socket call = server.accept()) {
        int unused = call.getInputStream().read(new byte[1024]);
        call.getOutputStream()
            .write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
