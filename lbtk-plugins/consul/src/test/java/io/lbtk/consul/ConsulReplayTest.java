package io.lbtk.consul;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lbtk.api.Refresher;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that a real agent does not give at will, replayed. */
class ConsulReplayTest {

  private static final String ONE =
      """
      [{"Node":{"Node":"n","Address":"10.0.0.1"},"Service":{"ID":"w","Port":80},"Checks":[]}]
      """;

  private final RecordingListener listener = new RecordingListener();
  private final List<String> questions = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  @FunctionalInterface
  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private Refresher refresher(Answer answer) {
    server.createContext(
        "/v1/health/service/web",
        exchange -> {
          questions.add(String.valueOf(exchange.getRequestURI().getQuery()));
          answer.to(exchange);
          exchange.close();
        });
    return ConsulRefresher.builder(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "web")
        .interval(Duration.ofHours(1))
        .build();
  }

  private static void send(HttpExchange exchange, String body) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write(body.getBytes(UTF_8));
  }

  private static void index(HttpExchange exchange, int index) {
    exchange.getResponseHeaders().add("X-Consul-Index", Integer.toString(index));
  }

  @Test
  void aListWithoutAnIndexIsNotThatOfAnAgent() {
    try (Refresher refresher = refresher(exchange -> send(exchange, "[]"))) {
      refresher.start(listener);
      listener.awaitFailures(1);
    }

    assertThat(listener.sets()).isZero();
    assertThat(listener.failures().get(0).message())
        .endsWith("it answered 200, \"[]\" (expected: 200, and the X-Consul-Index of an agent)");
  }

  @Test
  void whatIsEmptySinceTheTokenMayNotReadItIsAFailure() {
    try (Refresher refresher =
        refresher(
            exchange -> {
              index(exchange, 5);
              exchange.getResponseHeaders().add("X-Consul-Results-Filtered-By-ACLs", "true");
              send(exchange, "[]");
            })) {
      refresher.start(listener);
      listener.awaitFailures(1);
    }

    assertThat(listener.sets()).isZero();
    assertThat(listener.failures().get(0).message())
        .endsWith("the token may not read what it lists (expected: service:read and node:read)");
  }

  @Test
  void eachInstanceWithAValueThatCannotBeIsNamedAndSkipped() {
    List<String> services =
        List.of(
            "\"Address\":\"0.0.0.0\",\"Port\":80",
            "\"Address\":17,\"Port\":80",
            "\"Address\":\"*\",\"Port\":80",
            "\"Address\":\"a\",\"Port\":true",
            "\"Address\":\"a\",\"Port\":70000",
            "\"Address\":\"a\",\"Port\":80,\"Weights\":[]",
            "\"Address\":\"a\",\"Port\":80,\"Weights\":{\"Passing\":1.5}",
            "\"Address\":\"a\",\"Port\":80,\"Meta\":{\"zone\":null}",
            "\"Address\":\"a\",\"Port\":80,\"Meta\":{\"lbtk-priority\":\"-1\"}",
            "\"Address\":\"a\",\"Port\":80},\"Checks\":[{\"Status\":1}],\"x\":{",
            "\"Address\":\"a\",\"Port\":80},\"Checks\":{},\"x\":{",
            "\"Address\":\"a\",\"Port\":80},\"Checks\":[{\"Status\":\"good\"}],\"x\":{");
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < services.size(); i++) {
      list.append(
          "{\"Node\":{\"Node\":\"n\"},\"Service\":{\"ID\":\"i%d\",%s}},"
              .formatted(i, services.get(i)));
    }
    try (LogLines log = new LogLines("io.lbtk.discovery");
        Refresher refresher =
            refresher(
                exchange -> {
                  index(exchange, 5);
                  send(exchange, "[" + list + ONE.substring(1));
                })) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");

      assertThat(log.lines()).hasSize(services.size());
      for (int i = 0; i < services.size(); i++) {
        assertThat(log.lines().get(i)).contains(", instance i%d on node n: ".formatted(i));
      }
    }
  }

  @Test
  void anAnswerThatIsCutOffIsAFailure() {
    try (Refresher refresher =
        refresher(
            exchange -> {
              index(exchange, 5);
              send(exchange, ONE.substring(0, ONE.length() / 2));
            })) {
      refresher.start(listener);
      listener.awaitFailures(1);
    }

    assertThat(listener.sets()).isZero();
    assertThat(listener.failures().get(0).message()).contains("malformed JSON");
  }

  @Test
  void anIndexThatWentBackIsTheOneThatIsAskedAfter() {
    try (Refresher refresher =
        refresher(
            exchange -> {
              String asked = exchange.getRequestURI().getQuery();
              if (asked.contains("index=7")) {
                await().forever().until(() -> false);
              }
              index(exchange, asked.contains("index=50") ? 7 : 50);
              send(exchange, ONE);
            })) {
      refresher.start(listener);
      await().until(() -> questions.size() == 3);
    }

    assertThat(questions)
        .containsExactly(
            "consistent&passing=1",
            "index=50&wait=60000ms&passing=1",
            "index=7&wait=60000ms&passing=1");
  }

  @Test
  void anAgentThatDoesNotWaitIsAskedAtIntervals() {
    try (Refresher refresher =
        refresher(
            exchange -> {
              index(exchange, 50);
              send(exchange, ONE);
            })) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");

      await().during(Duration.ofSeconds(1)).until(() -> questions.size() <= 3);
    }
  }
}
