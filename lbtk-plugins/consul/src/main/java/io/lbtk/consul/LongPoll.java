package io.lbtk.consul;

import io.lbtk.api.Ticker;
import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The question that waits at the agent for the next change, by Consul's rules of blocking queries.
 * When it has ended, with an answer or without, there is a hint; then {@link #take} gives the
 * answer, and {@link #await} asks for the next.
 *
 * <p>Used by one thread at a time.
 */
final class LongPoll {

  /** One that ends sooner than this, and brings nothing, is not waited for at all by somebody. */
  private static final Duration HASTY = Duration.ofSeconds(1);

  /** After two of these in a row none is sent for so long. */
  private static final Duration REST = Duration.ofSeconds(5);

  /** An agent adds up to a sixteenth of the wait to it, so that not all who wait come at once. */
  private static final int AGENTS_SHARE = 16;

  private record Question(long index, long since, CompletableFuture<HttpResponse<byte[]>> answer) {}

  private final HealthQuery query;
  private final HttpCalls calls;
  private final Duration wait;
  private final Duration timeout;
  private final Runnable hint;
  private final Ticker ticker = Ticker.system();
  private @Nullable Question question;
  private boolean hastyBefore;
  private long restUntil = ticker.nanoTime();

  /**
   * Asks nothing yet.
   *
   * @param wait how long the agent may wait for a change
   * @param timeout how much longer an answer may take
   * @param hint is run when a question has ended, from any thread
   */
  LongPoll(HealthQuery query, HttpCalls calls, Duration wait, Duration timeout, Runnable hint) {
    this.query = query;
    this.calls = calls;
    this.wait = wait;
    this.timeout = timeout;
    this.hint = hint;
  }

  /**
   * Waits for a change since an answer, unless that is waited for already. A question after another
   * index is given up: an index that went back is that of an agent that began anew.
   *
   * @throws IOException if there is no asking this URL
   */
  void await(long index) throws IOException {
    if (question != null && question.index == index && !question.answer.isDone()) {
      return;
    }
    cancel();
    if (ticker.nanoTime() - restUntil < 0) {
      return;
    }
    CompletableFuture<HttpResponse<byte[]>> answer =
        calls.send(
            query
                .after(index, wait)
                .timeout(wait.plus(wait.dividedBy(AGENTS_SHARE)).plus(timeout)));
    question = new Question(index, ticker.nanoTime(), answer);
    var unused =
        answer.whenComplete(
            (whole, failure) -> {
              if (!answer.isCancelled()) {
                hint.run();
              }
            });
  }

  /** The answer that has come; empty if none has, or if it tells nothing. */
  Optional<HttpResponse<byte[]>> take() {
    Question ended = question;
    if (ended == null || !ended.answer.isDone()) {
      return Optional.empty();
    }
    question = null;
    Optional<HttpResponse<byte[]>> answer = answer(ended).filter(ConsulSource::isList);
    boolean news = answer.filter(list -> ConsulSource.index(list) != ended.index).isPresent();
    boolean hasty = !news && ticker.nanoTime() - ended.since < HASTY.toNanos();
    if (hasty && hastyBefore) {
      restUntil = ticker.nanoTime() + REST.toNanos();
    }
    hastyBefore = hasty;
    return answer;
  }

  private static Optional<HttpResponse<byte[]>> answer(Question ended) {
    return ended.answer.isCompletedExceptionally()
        ? Optional.empty()
        : Optional.of(ended.answer.join());
  }

  /** Gives up the question. */
  void cancel() {
    if (question != null) {
      question.answer.cancel(true);
      question = null;
    }
  }
}
