package io.lbtk.benchmarks.changes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.standard.refresh.HttpRefresher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A list at a URL, which is asked for again and again. */
final class HttpDirectory extends ListDirectory {

  private final Duration interval;
  private final HttpServer server;
  private volatile byte[] list = new byte[0];

  HttpDirectory(Duration interval) {
    this.interval = interval;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = list;
    try (exchange) {
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  void publish(List<Target> targets) {
    list = targets.stream().map(Target::toString).collect(Collectors.joining("\n")).getBytes(UTF_8);
  }

  @Override
  public Refresher refresher() {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    return HttpRefresher.builder(url).interval(interval).build();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
