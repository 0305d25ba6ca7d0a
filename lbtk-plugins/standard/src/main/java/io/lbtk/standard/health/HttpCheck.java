package io.lbtk.standard.health;

import io.lbtk.api.HealthCheck;
import io.lbtk.api.Target;
import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends an HTTP request and passes if status and body are as expected. */
public final class HttpCheck implements HealthCheck {

  /** Largest response that is read, in bytes. */
  private static final long MAX_ANSWER = 1 << 20;

  private final String path;
  private final OptionalInt port;
  private final StatusRange status;
  private final @Nullable String expect;
  private final CheckThreads threads;
  private final HttpCalls calls = HttpCalls.builder().maxSize(MAX_ANSWER).build();

  /**
   * Creates a check.
   *
   * @param name the name of the part, used for its threads
   * @param path the request path, which begins with a slash
   * @param port the port on the target's host; empty for the target's own port
   * @param status the statuses that pass
   * @param expect the text that the body must contain, as UTF-8; null for any body
   */
  public HttpCheck(
      String name, String path, OptionalInt port, StatusRange status, @Nullable String expect) {
    this.path = path;
    this.port = port;
    this.status = status;
    this.expect = expect;
    this.threads = new CheckThreads(name);
  }

  @Override
  public CompletableFuture<Result> check(Target target, Duration timeout) {
    return threads.run(() -> ask(target, timeout));
  }

  private Result ask(Target target, Duration timeout) {
    String where = Target.of(target.host(), port.orElse(target.port())).hostPort();
    try {
      URI uri = new URI("http://" + where + path);
      HttpResponse<byte[]> answer = calls.call(HttpCalls.request(uri).GET(), timeout);
      if (!status.contains(answer.statusCode())) {
        return Result.fail(
            "%s answered %d (expected: %s)".formatted(uri, answer.statusCode(), status));
      }
      if (expect != null && !new String(answer.body(), StandardCharsets.UTF_8).contains(expect)) {
        return Result.fail("%s: \"%s\" is not in the answer".formatted(uri, expect));
      }
      return Result.pass();
    } catch (IOException | URISyntaxException e) {
      return Result.fail("http://%s%s: %s".formatted(where, path, e.getMessage()));
    }
  }

  @Override
  public void close() {
    threads.close();
    calls.close();
  }
}
