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

/** Whether a target answers a request over HTTP as it should. */
public final class HttpCheck implements HealthCheck {

  /** No check needs more of an answer. */
  private static final long MAX_ANSWER = 1 << 20;

  private final String path;
  private final OptionalInt port;
  private final StatusRange status;
  private final @Nullable String expect;
  private final CheckThreads threads;
  private final HttpCalls calls = HttpCalls.builder().maxSize(MAX_ANSWER).build();

  /**
   * A check.
   *
   * @param name of the part, for its threads
   * @param path to ask for, with a slash at its start
   * @param port of the target's host; empty for that of the target
   * @param status of the answers that pass
   * @param expect what the answer must hold, as UTF-8; null for anything
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
