package io.lbtk.consul;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.DocumentReader;
import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the instances of a service from the responses to blocking queries. In between it also
 * queries the agent directly, which reveals an agent that is silent for good.
 */
final class ConsulSource implements PolledRefresher.Source {

  private static final int OK = 200;

  private final HealthQuery query;
  private final HttpCalls calls;
  private final Duration wait;
  private final Duration timeout;
  private final DocumentReader reader;
  private @Nullable LongPoll longPoll;

  ConsulSource(
      HealthQuery query, HttpCalls calls, Duration wait, Duration timeout, DocumentReader reader) {
    this.query = query;
    this.calls = calls;
    this.wait = wait;
    this.timeout = timeout;
    this.reader = reader;
  }

  @Override
  public Refresher.Mode mode() {
    return Refresher.Mode.PUSHED;
  }

  @Override
  public void watch(Runnable changed) {
    longPoll = new LongPoll(query, calls, wait, timeout, changed);
  }

  @Override
  public Refresh read() {
    LongPoll poll = Objects.requireNonNull(longPoll, "watch was not called");
    try {
      Optional<HttpResponse<byte[]>> pushed = poll.take();
      HttpResponse<byte[]> answer =
          pushed.isPresent() ? pushed.get() : calls.call(query.now(), timeout);
      if (isList(answer)) {
        poll.await(index(answer));
        return list(answer);
      }
      poll.cancel();
      return Refresh.failure(
          "%s: it answered %s (expected: 200, and the X-Consul-Index of an agent)"
              .formatted(query, AgentAnswer.shown(answer)));
    } catch (IOException e) {
      poll.cancel();
      return Refresh.failure("%s: %s".formatted(query, e.getMessage()), e);
    }
  }

  private Refresh list(HttpResponse<byte[]> answer) {
    Refresh list = reader.read(answer.body());
    boolean filtered = answer.headers().firstValue("X-Consul-Results-Filtered-By-ACLs").isPresent();
    return filtered && list.equals(Refresh.snapshot(List.of()))
        ? Refresh.failure(
            query + ": the token may not read what it lists (expected: service:read and node:read)")
        : list;
  }

  static boolean isList(HttpResponse<?> answer) {
    return answer.statusCode() == OK && index(answer) > 0;
  }

  /** Returns the index of the state of the service; 0 if the response has none. */
  static long index(HttpResponse<?> answer) {
    try {
      return answer.headers().firstValueAsLong("X-Consul-Index").orElse(0);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    calls.close();
  }
}
