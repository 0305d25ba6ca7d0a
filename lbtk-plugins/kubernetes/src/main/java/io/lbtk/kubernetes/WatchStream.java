package io.lbtk.kubernetes;

import io.lbtk.api.Ticker;
import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** One answer to a watch: tells a {@link SliceTable} what happens, until it ends. */
final class WatchStream {

  /** How a stream is. */
  enum State {
    /** Events may still come. */
    UNDER_WAY,
    /** The server has ended it, as it was to: another can begin where it ended. */
    ENDED,
    /** It was refused, cut off, or void: who knows what it did not tell. */
    LOST
  }

  /**
   * The server ends a stream after this time, and another is asked for, which is cheap for it: so
   * one that is silent for good is noticed.
   */
  private static final Duration LENGTH = Duration.ofSeconds(30);

  private static final Duration HASTY = Duration.ofSeconds(1);
  private static final int OK = 200;
  private static final int GONE = 410;

  private final Ticker ticker = Ticker.system();
  private final long opened = ticker.nanoTime();
  private final Duration timeout;
  private final CompletableFuture<HttpResponse<String>> answer;
  private volatile long ended = opened + HASTY.toNanos();
  private volatile boolean told;

  /**
   * Asks for the events since the version of a table.
   *
   * @param timeout within which the answer is to begin, and within which of its time it is to end
   * @param hint is run when targets may have changed, and when the stream has ended, from any
   *     thread
   * @throws IOException if it cannot be asked for
   */
  WatchStream(SliceQuery query, HttpCalls calls, Duration timeout, SliceTable table, Runnable hint)
      throws IOException {
    this.timeout = timeout;
    this.answer =
        calls.send(
            query.watch(table.version(), LENGTH).timeout(timeout),
            head ->
                head.statusCode() == OK
                    ? new LineBody(line -> take(line, table, hint))
                    : BodySubscribers.replacing(""));
    var unused =
        answer.whenComplete(
            (whole, failure) -> {
              ended = ticker.nanoTime();
              if (!answer.isCancelled()) {
                hint.run();
              }
            });
  }

  private void take(byte[] line, SliceTable table, Runnable hint) throws IOException {
    boolean news = table.apply(line);
    told = true;
    if (news) {
      hint.run();
    }
  }

  State state() {
    if (!answer.isDone()) {
      boolean overdue = ticker.nanoTime() - opened > LENGTH.plus(timeout).toNanos();
      return overdue ? State.LOST : State.UNDER_WAY;
    }
    return !answer.isCompletedExceptionally() && answer.join().statusCode() == OK
        ? State.ENDED
        : State.LOST;
  }

  /** The status by which it was refused; empty if it was not, or only for its version. */
  OptionalInt refusal() {
    if (!answer.isDone() || answer.isCompletedExceptionally()) {
      return OptionalInt.empty();
    }
    int status = answer.join().statusCode();
    return status == OK || status == GONE ? OptionalInt.empty() : OptionalInt.of(status);
  }

  /** Whether it has ended as soon as it had begun, and told nothing: another would too. */
  boolean wasHasty() {
    return answer.isDone() && !told && ended - opened < HASTY.toNanos();
  }

  /** Ends it; there is no hint. */
  void cancel() {
    answer.cancel(true);
  }
}
