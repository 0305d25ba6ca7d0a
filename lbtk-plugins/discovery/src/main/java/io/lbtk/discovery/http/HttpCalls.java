package io.lbtk.discovery.http;

import io.lbtk.core.net.LocalPorts;
import io.lbtk.core.net.SelfConnection;
import io.lbtk.core.net.SocketConnector;
import io.lbtk.core.net.UriAddress;
import io.lbtk.core.tls.Authorities;
import io.lbtk.discovery.Printable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a server over HTTP 1.1, each within its time and a size, and all with the same headers.
 * Redirections are not followed: headers with secrets go to the server that is called alone.
 *
 * <p>Thread-safe. {@link #call} blocks, {@link #send} does not; {@link #close} ends what is under
 * way.
 */
public final class HttpCalls implements AutoCloseable {

  /** No answer may be larger. */
  static final long LARGEST = 1L << 30;

  /** The URLs that can be called, for errors. */
  public static final String EXPECTED =
      "http://host/path or https://host/path, without a user, and with https without _ in the host";

  private static final int MAX_SHOWN = 200;
  private static final int MOST_REFUSED = 10_000;
  private static final String UNKNOWN_HOST = "its host is unknown";

  private final Map<String, Supplier<String>> headers;
  private final long maxSize;
  private final HttpClient client;
  private final LocalPorts localPorts = LocalPorts.find();

  /** Servers that the last call could not be connected to. */
  private final Set<InetSocketAddress> refused = ConcurrentHashMap.newKeySet();

  private final Map<Object, Future<?>> underWay = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private HttpCalls(Builder builder) {
    this.headers = Map.copyOf(builder.headers);
    this.maxSize = builder.maxSize;
    HttpClient.Builder made =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (builder.authorities != null) {
      made.sslContext(builder.authorities.sslContext());
    }
    this.client = made.build();
  }

  /** A builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** The URL without what may be secret in it: a user, a password, a query. */
  public static String shown(URI url) {
    String authority = UriAddress.of(url).map(UriAddress::authority).orElse("");
    return "%s://%s%s".formatted(url.getScheme(), authority, url.getRawPath());
  }

  /**
   * Whether it is a URL that can be called, as {@link #EXPECTED} says.
   *
   * @param url any URI
   */
  public static boolean isUrl(URI url) {
    boolean plain = "http".equalsIgnoreCase(url.getScheme());
    boolean tls = "https".equalsIgnoreCase(url.getScheme());
    return UriAddress.of(url)
        .filter(address -> plain || (tls && address.isStandard()))
        .filter(address -> !address.hasUser())
        .isPresent();
  }

  /**
   * Begins a request. {@code java.net.http} refuses a host with an underscore: such a name is
   * looked up here, and sent as the header {@code Host}. May block then.
   *
   * @param url as {@link #isUrl} has it
   * @throws IOException if such a name is unknown, or this JVM does not let that header be set; the
   *     message is fit for people, and does not name the URL
   */
  public static HttpRequest.Builder request(URI url) throws IOException {
    UriAddress address =
        UriAddress.of(url).orElseThrow(() -> new IOException("no URL of HTTP with a host"));
    if (address.isStandard()) {
      return HttpRequest.newBuilder(url);
    }
    try {
      String rest = url.getRawSchemeSpecificPart().substring(2 + url.getRawAuthority().length());
      return HttpRequest.newBuilder(
              URI.create(url.getScheme() + "://" + address.resolvedAuthority() + rest))
          .header("Host", address.authority());
    } catch (UnknownHostException e) {
      throw new IOException(UNKNOWN_HOST, e);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "Java's HTTP client takes no host \"%s\" (expected: a name without _, or java with -Djdk.httpclient.allowRestrictedHeaders=host)"
              .formatted(Printable.line(address.host(), MAX_SHOWN)),
          e);
    }
  }

  /**
   * Sends a request, and waits for the whole answer, of whatever status.
   *
   * @throws IOException if none came within the time and the size; the message is fit for people,
   *     and does not name the URL
   */
  public HttpResponse<byte[]> call(HttpRequest.Builder request, Duration timeout)
      throws IOException {
    return call(request, timeout, status -> new LimitedBody(maxSize));
  }

  /**
   * Sends a request, and waits for an answer, of whatever status.
   *
   * @param body takes the answer; with one that completes before the answer has ended, the rest of
   *     it may come at any later time
   * @param <T> what it makes of it
   * @throws IOException if none came within the time; the message is fit for people, and does not
   *     name the URL
   */
  public <T> HttpResponse<T> call(
      HttpRequest.Builder request, Duration timeout, HttpResponse.BodyHandler<T> body)
      throws IOException {
    long begin = System.nanoTime();
    InetSocketAddress server = server(request.build().uri());
    try {
      probe(server, timeout);
    } catch (SocketTimeoutException e) {
      throw late(timeout);
    } catch (IOException e) {
      throw inWords(e);
    }
    CompletableFuture<HttpResponse<T>> answer = send(request, body);
    try {
      HttpResponse<T> whole =
          answer.get(timeout.toNanos() - (System.nanoTime() - begin), TimeUnit.NANOSECONDS);
      refused.remove(server);
      return whole;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConnectException && refused.size() < MOST_REFUSED) {
        refused.add(server);
      }
      throw inWords(e.getCause());
    } catch (TimeoutException e) {
      throw late(timeout);
    } catch (CancellationException e) {
      throw new IOException("closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      answer.cancel(true);
    }
  }

  private static HttpTimeoutException late(Duration timeout) {
    return new HttpTimeoutException(
        "no whole answer within %d ms (timeout)".formatted(timeout.toMillis()));
  }

  private static InetSocketAddress server(URI uri) {
    int byScheme = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    int port = uri.getPort() < 0 ? byScheme : uri.getPort();
    return InetSocketAddress.createUnresolved(uri.getHost(), port);
  }

  /**
   * Connects to a server that could not be connected to before, where the client of the JDK may
   * connect a socket to itself: it closes that in a way that keeps the port in TIME-WAIT, and its
   * sockets cannot be reached. As soon as somebody listens, no socket is connected to itself.
   */
  private void probe(InetSocketAddress server, Duration timeout) throws IOException {
    if (!refused.contains(server)) {
      return;
    }
    String host = server.getHostString();
    if (SelfConnection.mayHappen(new InetSocketAddress(host, server.getPort()), localPorts)) {
      SocketConnector.connect(host, server.getPort(), timeout, Socket::new).close();
    }
  }

  /**
   * Sends a request, and waits for nothing. Only the request's own timeout limits how long the
   * answer may take.
   *
   * @return completes with an answer of whatever status, on a thread of the client, which is not to
   *     be blocked; cancelling it ends the call
   */
  public CompletableFuture<HttpResponse<byte[]>> send(HttpRequest.Builder request) {
    return send(request, status -> new LimitedBody(maxSize));
  }

  /**
   * Sends a request, and waits for nothing, as {@link #send(HttpRequest.Builder)} does.
   *
   * @param body takes the answer
   * @param <T> what it makes of it
   */
  public <T> CompletableFuture<HttpResponse<T>> send(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) {
    for (Map.Entry<String, Supplier<String>> header : headers.entrySet()) {
      try {
        request.setHeader(header.getKey(), header.getValue().get());
      } catch (IllegalArgumentException e) {
        // Not the cause: it repeats the value, which has become what it is since it was checked.
        return CompletableFuture.failedFuture(
            new IOException(notAHeader(header.getKey()).getMessage()));
      }
    }
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request.build(), body);
    Object call = new Object();
    underWay.put(call, answer);
    var unused = answer.whenComplete((whole, failure) -> underWay.remove(call));
    if (closed) {
      answer.cancel(true);
    }
    return answer;
  }

  private static IllegalArgumentException notAHeader(String name) {
    return new IllegalArgumentException(
        "header %s (expected: a name and a value of HTTP, of none that the client itself sets)"
            .formatted(Printable.line(name, MAX_SHOWN)));
  }

  private static IOException inWords(@Nullable Throwable e) {
    if (e instanceof ConnectException && e.getCause() instanceof UnresolvedAddressException) {
      return new IOException(UNKNOWN_HOST, e);
    }
    if (e instanceof ConnectException) {
      return new IOException("it cannot be connected to", e);
    }
    if (e == null || e.getMessage() == null) {
      return new IOException(String.valueOf(e), e);
    }
    String what = e instanceof SSLException ? "no TLS with it: " + e.getMessage() : e.getMessage();
    return new IOException(Printable.line(what, MAX_SHOWN), e);
  }

  /** Ends the calls that are under way, and sends no other. */
  @Override
  public void close() {
    closed = true;
    underWay.values().forEach(answer -> answer.cancel(true));
  }

  /** Says how to call. */
  public static final class Builder {

    private final Map<String, Supplier<String>> headers = new LinkedHashMap<>();
    private long maxSize = 64L << 20;
    private @Nullable Authorities authorities;

    private Builder() {}

    /**
     * A header of every request.
     *
     * @throws IllegalArgumentException if it can be none; the message does not repeat the value
     */
    public Builder header(String name, String value) {
      return header(name, () -> value);
    }

    /**
     * A header of every request, whose value may change.
     *
     * @param value asked for with each request
     * @throws IllegalArgumentException if it can be none now; the message does not repeat the value
     */
    public Builder header(String name, Supplier<String> value) {
      try {
        HttpRequest.newBuilder().header(name, value.get());
      } catch (IllegalArgumentException e) {
        throw notAHeader(name);
      }
      headers.put(name, value);
      return this;
    }

    /**
     * The largest answer that is read, in bytes; 64 MiB by default.
     *
     * @throws IllegalArgumentException if it is not 1 byte to 1 GiB
     */
    public Builder maxSize(long bytes) {
      if (bytes < 1 || bytes > LARGEST) {
        throw new IllegalArgumentException("max-size %d (expected: 1 to 1GiB)".formatted(bytes));
      }
      this.maxSize = bytes;
      return this;
    }

    /** Who is trusted to say who the server is, rather than the authorities of the JDK. */
    public Builder authorities(Authorities authorities) {
      this.authorities = authorities;
      return this;
    }

    /** Calls, to be closed. */
    public HttpCalls build() {
      return new HttpCalls(this);
    }
  }
}
