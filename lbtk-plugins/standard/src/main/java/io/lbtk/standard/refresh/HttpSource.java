package io.lbtk.standard.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.core.tls.Authorities;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks a URL. An answer that has not changed is not sent again, where the server can tell. */
final class HttpSource implements PolledRefresher.Source {

  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final int MAX_SHOWN = 200;

  private final URI url;
  private final Map<String, String> headers;
  private final Duration timeout;
  private final long maxSize;
  private final DocumentReader reader;
  private final HttpClient client;

  private @Nullable String tag;
  private @Nullable Refresh tagged;
  private volatile @Nullable CompletableFuture<?> underWay;
  private volatile boolean closed;

  HttpSource(
      URI url,
      Map<String, String> headers,
      Duration timeout,
      long maxSize,
      DocumentReader reader,
      @Nullable Authorities authorities) {
    this.url = url;
    this.headers = Map.copyOf(headers);
    this.timeout = timeout;
    this.maxSize = maxSize;
    this.reader = reader;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (authorities != null) {
      builder.sslContext(authorities.sslContext());
    }
    this.client = builder.build();
  }

  /** The URL without what may be secret in it: a user, a password, a query. */
  static String shown(URI url) {
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    return "%s://%s%s%s".formatted(url.getScheme(), url.getHost(), port, url.getRawPath());
  }

  /**
   * Whether it can be a header.
   *
   * @throws IllegalArgumentException if not; the message does not repeat the value
   */
  static void checkHeader(String name, String value) {
    try {
      HttpRequest.newBuilder().header(name, value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "header %s (expected: a name and a value of HTTP, of none that the client itself sets)"
              .formatted(Printable.line(name, MAX_SHOWN)),
          e);
    }
  }

  @Override
  public Refresh read() {
    try {
      return read(answer());
    } catch (IOException e) {
      return Refresh.failure("%s: %s".formatted(shown(url), inWords(e)), e);
    }
  }

  private Refresh read(HttpResponse<byte[]> answer) {
    Refresh last = tagged;
    if (answer.statusCode() == NOT_MODIFIED && last != null) {
      return last;
    }
    if (answer.statusCode() != OK) {
      return Refresh.failure(
          "%s: it answered %d%s (expected: 200)"
              .formatted(
                  shown(url),
                  answer.statusCode(),
                  answer
                      .headers()
                      .firstValue("Location")
                      .map(to -> ", go to " + Printable.line(to, MAX_SHOWN))
                      .orElse("")));
    }
    Refresh list = reader.read(answer.body());
    boolean isGood = list instanceof Refresh.Snapshot;
    tag = isGood ? answer.headers().firstValue("ETag").orElse(null) : null;
    tagged = isGood ? list : null;
    return list;
  }

  private HttpResponse<byte[]> answer() throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request(), status -> new LimitedBody(maxSize));
    underWay = answer;
    try {
      if (closed) {
        throw new IOException("closed");
      }
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("timeout");
    } catch (CancellationException e) {
      throw new IOException("closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      answer.cancel(true);
      underWay = null;
    }
  }

  private HttpRequest request() {
    HttpRequest.Builder request = HttpRequest.newBuilder(url).GET();
    headers.forEach(request::header);
    if (tag != null) {
      request.header("If-None-Match", tag);
    }
    return request.build();
  }

  private String inWords(IOException e) {
    if (e instanceof HttpTimeoutException) {
      return "no whole answer within %d ms (timeout)".formatted(timeout.toMillis());
    }
    if (e instanceof ConnectException && e.getCause() instanceof UnresolvedAddressException) {
      return "its host is unknown";
    }
    if (e instanceof ConnectException) {
      return "it cannot be connected to";
    }
    return e.getMessage() == null ? e.toString() : Printable.line(e.getMessage(), MAX_SHOWN);
  }

  @Override
  public void close() {
    closed = true;
    CompletableFuture<?> answer = underWay;
    if (answer != null) {
      answer.cancel(true);
    }
  }
}
