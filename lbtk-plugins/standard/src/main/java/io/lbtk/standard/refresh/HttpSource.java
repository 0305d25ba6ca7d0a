package io.lbtk.standard.refresh;

import io.lbtk.api.PrintableText;
import io.lbtk.api.Refresh;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.DocumentReader;
import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Polls a URL, with a conditional request if the server sends entity tags. */
final class HttpSource implements PolledRefresher.Source {

  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final int MAX_SHOWN = 200;

  private final URI url;
  private final HttpCalls calls;
  private final Duration timeout;
  private final DocumentReader reader;

  private @Nullable String tag;
  private @Nullable Refresh tagged;

  HttpSource(URI url, HttpCalls calls, Duration timeout, DocumentReader reader) {
    this.url = url;
    this.calls = calls;
    this.timeout = timeout;
    this.reader = reader;
  }

  @Override
  public Refresh read() {
    try {
      return read(calls.call(request(), timeout));
    } catch (IOException e) {
      return Refresh.failure("%s: %s".formatted(HttpCalls.shown(url), e.getMessage()), e);
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
                  HttpCalls.shown(url),
                  answer.statusCode(),
                  answer
                      .headers()
                      .firstValue("Location")
                      .map(to -> ", go to " + PrintableText.of(to, MAX_SHOWN))
                      .orElse("")));
    }
    Refresh list = reader.read(answer.body());
    boolean isGood = list instanceof Refresh.Snapshot;
    tag = isGood ? answer.headers().firstValue("ETag").orElse(null) : null;
    tagged = isGood ? list : null;
    return list;
  }

  private HttpRequest.Builder request() throws IOException {
    HttpRequest.Builder request = HttpCalls.request(url).GET();
    if (tag != null) {
      request.header("If-None-Match", tag);
    }
    return request;
  }

  @Override
  public void close() {
    calls.close();
  }
}
