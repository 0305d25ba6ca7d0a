package io.lbtk.consul;

import io.lbtk.api.Ticker;
import io.lbtk.discovery.WatchBackoff;
import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A blocking query of Consul, which waits at the agent for the next change. A hint reports that it
 * has ended, with a response or without; then {@link #take} returns the response, and {@link
 * #await} sends the next query.
 *
 * <p>Not thread-safe.
 */
final class LongPoll {

  /** The agent adds up to a sixteenth of the wait as jitter. */
  private static final int JITTER_DIVISOR = 16;

  private record Query(long index, CompletableFuture<HttpResponse<byte[]>> answer) {}

  private final HealthQuery requests;
  private final HttpCalls calls;
  private final Duration wait;
  private final Duration timeout;
  private final Runnable hint;
  private final WatchBackoff backoff = new WatchBackoff(WatchBackoff.MIN_LIMIT, Ticker.system());
  private @Nullable Query query;

  /**
   * Creates a poll without a query.
   *
   * @param wait the time for which the agent waits for a change
   * @param timeout the additional time for the response
   * @param hint run on any thread when a query has ended
   */
  LongPoll(HealthQuery requests, HttpCalls calls, Duration wait, Duration timeout, Runnable hint) {
    this.requests = requests;
    this.calls = calls;
    this.wait = wait;
    this.timeout = timeout;
    this.hint = hint;
  }

  /**
   * Sends a query for changes after an index, unless it is pending already. A query for another
   * index is cancelled: an index goes back when an agent has restarted.
   *
   * @throws IOException if the request cannot be sent
   */
  void await(long index) throws IOException {
    if (query != null && query.index == index && !query.answer.isDone()) {
      return;
    }
    cancel();
    if (backoff.delay().compareTo(Duration.ZERO) > 0) {
      return;
    }
    backoff.opened();
    CompletableFuture<HttpResponse<byte[]>> answer =
        calls.send(
            requests
                .after(index, wait)
                .timeout(wait.plus(wait.dividedBy(JITTER_DIVISOR)).plus(timeout)));
    query = new Query(index, answer);
    var unused =
        answer.whenComplete(
            (whole, failure) -> {
              if (!answer.isCancelled()) {
                hint.run();
              }
            });
  }

  /** Returns the received response; empty if there is none or it is not usable. */
  Optional<HttpResponse<byte[]>> take() {
    Query ended = query;
    if (ended == null || !ended.answer.isDone()) {
      return Optional.empty();
    }
    query = null;
    Optional<HttpResponse<byte[]>> answer = answer(ended).filter(ConsulSource::isList);
    boolean isChanged = answer.filter(list -> ConsulSource.index(list) != ended.index).isPresent();
    if (isChanged || backoff.isLasting()) {
      backoff.useful();
    } else {
      backoff.useless();
    }
    return answer;
  }

  private static Optional<HttpResponse<byte[]>> answer(Query ended) {
    return ended.answer.isCompletedExceptionally()
        ? Optional.empty()
        : Optional.of(ended.answer.join());
  }

  /** Cancels the query. */
  void cancel() {
    if (query != null) {
      query.answer.cancel(true);
      query = null;
    }
  }
}
