package io.lbtk.standard.health;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.HealthCheck;
import io.lbtk.api.HealthCheckProvider;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.Target;
import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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

  /** Creates an {@link HttpCheck}: {@code type = http}. */
  @AutoService(HealthCheckProvider.class)
  public static final class Provider implements HealthCheckProvider {

    static final Option<String> PATH =
        Option.string("path")
            .orElse("/")
            .check(path -> path.startsWith("/"), "a path such as /ready")
            .position(0)
            .doc("Path of the request.");

    static final Option<StatusRange> STATUS =
        Option.of(
                "status",
                "a status or a range of statuses, such as 200-399",
                StatusRange::parse,
                StatusRange::toString)
            .orElse(new StatusRange(200, 399))
            .doc("Status or range of statuses that passes.");

    static final Option<String> EXPECT =
        Option.string("expect").doc("Text that the response body must contain.");

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

    @Override
    public String name() {
      return "http";
    }

    @Override
    public List<Option<?>> options() {
      return List.of(PATH, TcpCheck.Provider.PORT, STATUS, EXPECT);
    }

    @Override
    public String doc() {
      return "Passes if the target answers GET with an expected status.";
    }

    @Override
    public HealthCheck create(Settings settings, Context context) {
      return new HttpCheck(
          context.name(),
          settings.get(PATH),
          settings.find(TcpCheck.Provider.PORT).map(OptionalInt::of).orElseGet(OptionalInt::empty),
          settings.get(STATUS),
          settings.find(EXPECT).orElse(null));
    }
  }

  /**
   * A range of HTTP statuses, such as 200 or 200-399.
   *
   * @param first the first status of the range
   * @param last the last status of the range
   */
  public record StatusRange(int first, int last) {

    private static final int LEAST = 100;
    private static final int MOST = 599;

    /**
     * Checks that both are HTTP statuses, in order.
     *
     * @throws IllegalArgumentException if they are not
     */
    public StatusRange {
      if (first < LEAST || last > MOST || first > last) {
        throw new IllegalArgumentException(
            "status %d-%d (expected: 100 to 599, such as 200-399)".formatted(first, last));
      }
    }

    /**
     * Parses a range or a single status.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    static StatusRange parse(String text) {
      int dash = text.indexOf('-');
      try {
        int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
        return new StatusRange(
            first, dash < 0 ? first : Integer.parseInt(text.substring(dash + 1)));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "status \"%s\" (expected: such as 200 or 200-399)".formatted(text), e);
      }
    }

    boolean contains(int status) {
      return status >= first && status <= last;
    }

    /** Returns the range in the form that {@link #parse} reads. */
    @Override
    public String toString() {
      return first == last ? Integer.toString(first) : first + "-" + last;
    }
  }
}
