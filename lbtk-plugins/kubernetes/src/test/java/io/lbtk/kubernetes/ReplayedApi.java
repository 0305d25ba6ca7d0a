package io.lbtk.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.lbtk.api.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The part of an API server that serves EndpointSlices, replayed: lists, watches since a version,
 * bookmarks, and versions that are too old. The namespace is {@code shop}, the service {@code web}.
 */
final class ReplayedApi implements AutoCloseable {

  private static final String PATH = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";
  private static final String LABEL = "labelSelector=kubernetes.io%2Fservice-name%3Dweb";

  private record Event(int version, String json) {}

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, String> slices = new TreeMap<>();
  private final List<Event> events = new ArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> tokens = new CopyOnWriteArrayList<>();
  private final @Nullable SSLContext tls;
  private HttpServer server;
  private int version = 100;
  private int oldest = 100;
  private int watchers;
  private int ends;
  private int watchStatus = 200;
  private boolean refusesOld;

  ReplayedApi() {
    this(null);
  }

  /**
   * One that is asked by TLS.
   *
   * @param tls shows who it is; null for none
   */
  ReplayedApi(@Nullable SSLContext tls) {
    this.tls = tls;
    this.server = open(0);
  }

  private HttpServer open(int port) {
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      HttpServer made = tls == null ? HttpServer.create() : byTls(tls);
      made.bind(address, 0);
      made.setExecutor(threads);
      made.createContext("/", this::answer);
      made.start();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpServer byTls(SSLContext tls) throws IOException {
    HttpsServer made = HttpsServer.create();
    made.setHttpsConfigurator(new HttpsConfigurator(tls));
    return made;
  }

  URI url() {
    return URI.create(
        "%s://127.0.0.1:%d"
            .formatted(tls == null ? "http" : "https", server.getAddress().getPort()));
  }

  /** The queries of all requests, as they came. */
  List<String> requests() {
    return requests;
  }

  /** What the requests had in Authorization. */
  List<String> tokens() {
    return tokens;
  }

  synchronized int watchers() {
    return watchers;
  }

  /** Puts a slice in place, whose fields these are, and tells who watches. */
  synchronized void put(String name, String fields) {
    version++;
    String slice =
        """
        {"metadata":{"name":"%s","resourceVersion":"%d"},%s}
        """
            .formatted(name, version, fields)
            .strip()
            .replace("\n", " ");
    tell(slices.put(name, slice) == null ? "ADDED" : "MODIFIED", slice);
  }

  synchronized void delete(String name) {
    version++;
    slices.remove(name);
    tell(
        "DELETED",
        "{\"metadata\":{\"name\":\"%s\",\"resourceVersion\":\"%d\"}}".formatted(name, version));
  }

  private void tell(String type, String object) {
    events.add(new Event(version, "{\"type\":\"%s\",\"object\":%s}".formatted(type, object)));
    notifyAll();
  }

  /** Makes one slice of these targets. */
  void putTargets(String name, List<Target> targets) {
    put(name, fields(targets));
  }

  /** A slice has one port for all of its endpoints. */
  private static String fields(List<Target> targets) {
    int port = targets.isEmpty() ? 80 : targets.get(0).port();
    return """
        "addressType":"IPv4","ports":[{"name":"","port":%d,"protocol":"TCP"}],"endpoints":[%s]
        """
        .formatted(
            port,
            targets.stream()
                .map(target -> "{\"addresses\":[\"%s\"]}".formatted(target.host()))
                .collect(Collectors.joining(",")));
  }

  /** Makes these the targets: a slice for each port, by its place among the ports. */
  synchronized void setTargets(List<Target> targets) {
    Map<Integer, List<Target>> byPort = byPort(targets);
    int number = 0;
    for (List<Target> some : byPort.values()) {
      putIfNew("web-" + number++, some);
    }
    for (String name : List.copyOf(slices.keySet())) {
      if (Integer.parseInt(name.substring(4)) >= number) {
        delete(name);
      }
    }
  }

  private static Map<Integer, List<Target>> byPort(List<Target> targets) {
    return targets.stream()
        .collect(Collectors.groupingBy(Target::port, TreeMap::new, Collectors.toList()));
  }

  private void putIfNew(String name, List<Target> targets) {
    String known = slices.getOrDefault(name, "");
    if (!known.contains(fields(targets).strip().replace("\n", " "))) {
      putTargets(name, targets);
    }
  }

  /**
   * Changes without telling who watches, forgets what it could have told of that, and ends all
   * watches.
   *
   * @param change of the slices
   */
  synchronized void changeUntold(Runnable change) {
    ends++;
    change.run();
    oldest = version;
    events.clear();
    notifyAll();
  }

  /** Says by the status of the answer, rather than by an event, that a version is too old. */
  synchronized void refuseOldVersions() {
    refusesOld = true;
  }

  /** Ends all watches, as a server does when their time is over. */
  synchronized void endWatches() {
    ends++;
    notifyAll();
  }

  /** Tells who watches which version it is, and moves on without telling anything else. */
  synchronized void bookmark() {
    version += 10;
    tell(
        "BOOKMARK",
        "{\"kind\":\"EndpointSlice\",\"metadata\":{\"resourceVersion\":\"%d\"}}"
            .formatted(version));
  }

  /** Answers watches with this status from now on. */
  synchronized void refuseWatches(int status) {
    watchStatus = status;
  }

  void stop() {
    synchronized (this) {
      endWatches();
    }
    server.stop(0);
  }

  void start() {
    server = open(server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getRawQuery());
    requests.add(query);
    tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    if (!exchange.getRequestURI().getRawPath().equals(PATH) || !query.startsWith(LABEL)) {
      send(exchange, 404, "{\"kind\":\"Status\",\"message\":\"the server could not find it\"}");
    } else if (query.contains("&watch=1")) {
      watch(exchange, Integer.parseInt(query.replaceAll(".*resourceVersion=(\\d+).*", "$1")));
    } else {
      send(exchange, 200, list());
    }
    exchange.close();
  }

  private synchronized String list() {
    return "{\"kind\":\"EndpointSliceList\",\"metadata\":{\"resourceVersion\":\"%d\"},\"items\":[%s]}"
        .formatted(version, String.join(",", slices.values()));
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    exchange.sendResponseHeaders(status, 0);
    exchange.getResponseBody().write(body.getBytes(UTF_8));
  }

  private void watch(HttpExchange exchange, int since) throws IOException {
    int status;
    synchronized (this) {
      status = refusesOld && isTooOld(since) ? 410 : watchStatus;
    }
    if (status != 200) {
      send(exchange, status, "{}");
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    OutputStream body = exchange.getResponseBody();
    body.flush();
    if (isTooOld(since)) {
      body.write(
          "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"message\":\"too old\",\"code\":410}}\n"
              .getBytes(UTF_8));
      return;
    }
    stream(body, since);
  }

  private synchronized boolean isTooOld(int since) {
    return since < oldest;
  }

  private void stream(OutputStream body, int since) throws IOException {
    int told = since;
    int lives = begin();
    try {
      for (List<Event> next = next(told, lives); !next.isEmpty(); next = next(told, lives)) {
        for (Event event : next) {
          body.write((event.json + "\n").getBytes(UTF_8));
          told = event.version;
        }
        body.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
  }

  private synchronized int begin() {
    watchers++;
    notifyAll();
    return ends;
  }

  private synchronized void end() {
    watchers--;
  }

  /** The events after one; empty when the watch has ended. */
  private synchronized List<Event> next(int told, int lives) throws InterruptedException {
    while (ends == lives) {
      List<Event> next = events.stream().filter(event -> event.version > told).toList();
      if (!next.isEmpty()) {
        return next;
      }
      wait();
    }
    return List.of();
  }

  @Override
  public void close() {
    stop();
    threads.shutdownNow();
  }
}
