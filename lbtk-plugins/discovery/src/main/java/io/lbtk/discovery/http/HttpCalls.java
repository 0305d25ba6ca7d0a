package io.lbtk.discovery.http;

import io.lbtk.api.PrintableText;
import io.lbtk.core.net.LocalPorts;
import io.lbtk.core.net.SelfConnection;
import io.lbtk.core.net.SocketConnector;
import io.lbtk.core.net.UriAddress;
import io.lbtk.core.tls.Authorities;
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
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A client for HTTP 1.1 with a timeout for each call, a limit of the size of responses, and common
 * headers. Redirects are not followed: headers with secrets go only to the server that is called.
 *
 * <p>Thread-safe. {@link #call} blocks, {@link #send} does not; {@link #close} cancels pending
 * calls.
 */
public final class HttpCalls implements AutoCloseable {

  /** Upper bound of the largest response. */
  static final long LARGEST = 1L << 30;

  /** Describes the supported URLs, for errors. */
  public static final String EXPECTED =
      "http://host/path or https://host/path, without a user, and with https without _ in the host";

  private static final int MAX_SHOWN = 200;
  private static final int MOST_REFUSED = 10_000;
  private static final String UNKNOWN_HOST = "its host is unknown";

  private final Map<String, Supplier<String>> headers;
  private final long maxSize;
  private final HttpClient client;
  private final LocalPorts localPorts = LocalPorts.find();

  /** Servers to which the last call could not connect. */
  private final Set<InetSocketAddress> refused = ConcurrentHashMap.newKeySet();

  private final Map<Object, Future<?>> pending = new ConcurrentHashMap<>();
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

  /** Returns a builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the URL without parts that may be secret: user, password and query. */
  public static String shown(URI url) {
    String authority = UriAddress.of(url).map(UriAddress::authority).orElse("");
    return "%s://%s%s".formatted(url.getScheme(), authority, url.getRawPath());
  }

  /**
   * Returns true if the URL can be called, as {@link #EXPECTED} says.
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
   * Returns a builder of a request. {@code java.net.http} refuses a host with an underscore: such a
   * name is resolved here, which may block, and sent in the header {@code Host}.
   *
   * @param url a URL that {@link #isUrl} accepts
   * @throws IOException if such a name is unknown, or this JVM does not allow that header; the
   *     message is meant for users, and does not name the URL
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
              .formatted(PrintableText.of(address.host(), MAX_SHOWN)),
          e);
    }
  }

  /**
   * Sends a request and waits for the whole response, of any status.
   *
   * @throws IOException if there is none within the timeout and the size; the message is meant for
   *     users, and does not name the URL
   */
  public HttpResponse<byte[]> call(HttpRequest.Builder request, Duration timeout)
      throws IOException {
    return call(request, timeout, status -> new LimitedBody(maxSize));
  }

  /**
   * Sends a request and waits for a response, of any status.
   *
   * @param request the request
   * @param timeout the timeout of the response
   * @param body reads the body; if it completes before the end of the response, the rest may arrive
   *     at any later time
   * @param <T> the type of the body
   * @throws IOException if there is none within the timeout; the message is meant for users, and
   *     does not name the URL
   */
  public <T> HttpResponse<T> call(
      HttpRequest.Builder request, Duration timeout, HttpResponse.BodyHandler<T> body)
      throws IOException {
    long begin = System.nanoTime();
    HttpRequest complete;
    InetSocketAddress server;
    try {
      complete = withHeaders(request);
      server = server(complete.uri());
      probe(server, timeout);
    } catch (SocketTimeoutException e) {
      throw late(timeout);
    } catch (IOException e) {
      throw inWords(e);
    }
    CompletableFuture<HttpResponse<T>> answer = send(complete, body);
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
   * Connects once to a server that refused the last connection, where the client of the JDK may
   * connect a socket to itself: it closes such a socket in a way that keeps the port in TIME-WAIT,
   * and gives no access to it. Once the server listens, no socket connects to itself.
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
   * Sends a request without waiting. Only the timeout of the request itself limits the duration.
   *
   * @return completes with a response of any status, on a thread of the client, which must not be
   *     blocked; cancelling it cancels the call
   */
  public CompletableFuture<HttpResponse<byte[]>> send(HttpRequest.Builder request) {
    return send(request, status -> new LimitedBody(maxSize));
  }

  /**
   * Sends a request without waiting, as {@link #send(HttpRequest.Builder)} does.
   *
   * @param request the request
   * @param body reads the body
   * @param <T> the type of the body
   */
  public <T> CompletableFuture<HttpResponse<T>> send(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) {
    try {
      return send(withHeaders(request), body);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private HttpRequest withHeaders(HttpRequest.Builder request) throws IOException {
    for (Map.Entry<String, Supplier<String>> header : headers.entrySet()) {
      try {
        request.setHeader(header.getKey(), header.getValue().get());
      } catch (IllegalArgumentException e) {
        // Not the cause: its message has the value, which has changed since it was checked.
        throw new IOException(notAHeader(header.getKey()).getMessage());
      }
    }
    return request.build();
  }

  private <T> CompletableFuture<HttpResponse<T>> send(
      HttpRequest request, HttpResponse.BodyHandler<T> body) {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, body);
    Object call = new Object();
    pending.put(call, answer);
    var unused = answer.whenComplete((whole, failure) -> pending.remove(call));
    if (closed) {
      answer.cancel(true);
    }
    return answer;
  }

  private static IllegalArgumentException notAHeader(String name) {
    return new IllegalArgumentException(
        "header %s (expected: a name and a value of HTTP, of none that the client itself sets)"
            .formatted(PrintableText.of(name, MAX_SHOWN)));
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
    return new IOException(PrintableText.of(what, MAX_SHOWN), e);
  }

  /** Cancels pending calls, and sends no other. */
  @Override
  public void close() {
    closed = true;
    pending.values().forEach(answer -> answer.cancel(true));
  }

  /** Builds {@link HttpCalls}. */
  public static final class Builder {

    private final Map<String, Supplier<String>> headers = new LinkedHashMap<>();
    private long maxSize = 64L << 20;
    private @Nullable Authorities authorities;

    private Builder() {}

    /**
     * Adds a header to every request.
     *
     * @throws IllegalArgumentException if the header is invalid; the message does not have the
     *     value
     */
    public Builder header(String name, String value) {
      return header(name, () -> value);
    }

    /**
     * Adds a header to every request, whose value may change.
     *
     * @param name the name of the header
     * @param value called for each request
     * @throws IllegalArgumentException if the header is invalid now; the message does not have the
     *     value
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
     * Sets the largest size of a response in bytes; 64 MiB by default.
     *
     * @throws IllegalArgumentException if the size is not 1 byte to 1 GiB
     */
    public Builder maxSize(long bytes) {
      if (bytes < 1 || bytes > LARGEST) {
        throw new IllegalArgumentException("max-size %d (expected: 1 to 1GiB)".formatted(bytes));
      }
      this.maxSize = bytes;
      return this;
    }

    /** Sets the trusted certificate authorities, instead of those of the JDK. */
    public Builder authorities(Authorities authorities) {
      this.authorities = authorities;
      return this;
    }

    /** Returns a client, which the caller closes. */
    public HttpCalls build() {
      return new HttpCalls(this);
    }
  }

  /** Collects a response body and fails if it exceeds a size. */
  static final class LimitedBody implements BodySubscriber<byte[]> {

    private final long maxSize;
    private final BodySubscriber<byte[]> body = BodySubscribers.ofByteArray();
    private Flow.@Nullable Subscription subscription;
    private long size;

    LimitedBody(long maxSize) {
      this.maxSize = maxSize;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return body.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
      subscription = newSubscription;
      body.onSubscribe(newSubscription);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
      size += part.stream().mapToLong(ByteBuffer::remaining).sum();
      if (size <= maxSize) {
        body.onNext(part);
      } else if (subscription != null) {
        subscription.cancel();
        subscription = null;
        body.onError(
            new IOException("the answer is longer than %d bytes (max-size)".formatted(maxSize)));
      }
    }

    @Override
    public void onError(Throwable cause) {
      body.onError(cause);
    }

    @Override
    public void onComplete() {
      body.onComplete();
    }
  }
}
