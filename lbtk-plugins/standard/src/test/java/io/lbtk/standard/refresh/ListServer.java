package io.lbtk.standard.refresh;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server that answers with one list. It gives it an entity tag, and knows that again. */
final class ListServer implements AutoCloseable {

  private final HttpServer server;
  private final String scheme;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Map<String, List<String>>> requests = new CopyOnWriteArrayList<>();
  private final List<String> uris = new CopyOnWriteArrayList<>();
  private final List<Integer> answers = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile int status = 200;
  private volatile String list = "";
  private volatile @Nullable String location;
  private volatile boolean stalls;

  ListServer() {
    this(null);
  }

  /** Speaks TLS, if there is a context for it. */
  ListServer(@Nullable SSLContext tls) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try {
      if (tls == null) {
        server = HttpServer.create(any, 0);
      } else {
        HttpsServer secure = HttpsServer.create(any, 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        server = secure;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    scheme = tls == null ? "http" : "https";
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      uris.add(exchange.getRequestURI().toString());
      requests.add(Map.copyOf(exchange.getRequestHeaders()));
      byte[] body = list.getBytes(UTF_8);
      String tag = "\"" + list.hashCode() + "\"";
      int answer =
          status == 200 && tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))
              ? 304
              : status;
      answers.add(answer);
      if (location != null) {
        exchange.getResponseHeaders().set("Location", location);
      }
      exchange.getResponseHeaders().set("ETag", tag);
      if (answer != 200) {
        exchange.sendResponseHeaders(answer, -1);
        return;
      }
      exchange.sendResponseHeaders(200, 0);
      if (stalls) {
        exchange.getResponseBody().flush();
        closed.await();
      }
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  URI url() {
    return URI.create("%s://127.0.0.1:%d/list".formatted(scheme, server.getAddress().getPort()));
  }

  void answer(String newList) {
    list = newList;
    status = 200;
  }

  void fail(int newStatus) {
    status = newStatus;
  }

  void redirect(String to) {
    location = to;
    status = 302;
  }

  /** From now on an answer ends after its head. */
  void stall() {
    stalls = true;
  }

  /** The headers of each request. */
  List<Map<String, List<String>>> requests() {
    return List.copyOf(requests);
  }

  /** What each request asked for: path and query. */
  List<String> uris() {
    return List.copyOf(uris);
  }

  /** The status of each answer. */
  List<Integer> answers() {
    return List.copyOf(answers);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
