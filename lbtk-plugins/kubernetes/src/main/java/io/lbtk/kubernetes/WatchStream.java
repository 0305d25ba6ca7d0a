package io.lbtk.kubernetes;

import io.lbtk.api.Ticker;
import io.lbtk.discovery.WatchBackoff;
import io.lbtk.discovery.http.HttpCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The response to one watch request, whose events are applied to a {@link SliceTable}. */
final class WatchStream {

  /** State of a stream. */
  enum State {
    /** Open: events may still come. */
    UNDER_WAY,
    /** Ended regularly by the server; another stream can continue from there. */
    ENDED,
    /** Refused, broken or invalid: events may have been missed. */
    LOST
  }

  /**
   * Time after which the server ends a stream and another one is requested, which is cheap. This
   * reveals streams that are silent for good.
   */
  private static final Duration LENGTH = Duration.ofSeconds(30);

  private static final int OK = 200;
  private static final int GONE = 410;

  private final Ticker ticker = Ticker.system();
  private final long opened = ticker.nanoTime();
  private final Duration timeout;
  private final CompletableFuture<HttpResponse<String>> answer;
  private volatile long ended = opened + WatchBackoff.SHORT_LIVED.toNanos();
  private volatile boolean reported;

  /**
   * Requests the events since the version of a table.
   *
   * @param timeout the time for the start of the response, and for its end after the regular length
   * @param hint run on any thread when targets may have changed, and when the stream has ended
   * @throws IOException if the request cannot be sent
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
    boolean isChanged = table.apply(line);
    reported = true;
    if (isChanged) {
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

  /**
   * Returns the status of a refused request; empty if it was accepted or the version was too old.
   */
  OptionalInt refusal() {
    if (!answer.isDone() || answer.isCompletedExceptionally()) {
      return OptionalInt.empty();
    }
    int status = answer.join().statusCode();
    return status == OK || status == GONE ? OptionalInt.empty() : OptionalInt.of(status);
  }

  /** Returns whether the stream has ended at once and reported nothing, as another would. */
  boolean wasShortLived() {
    return answer.isDone() && !reported && ended - opened < WatchBackoff.SHORT_LIVED.toNanos();
  }

  /** Cancels the stream, without a hint. */
  void cancel() {
    answer.cancel(true);
  }

  /** Splits an endless body into lines. */
  private static final class LineBody implements BodySubscriber<String> {

    /** Receives lines. */
    @FunctionalInterface
    interface LineConsumer {

      /**
       * Receives a line, without its terminator.
       *
       * @throws IOException to fail the body
       */
      void accept(byte[] line) throws IOException;
    }

    /** Longest line, far beyond the largest object in etcd and thus in Kubernetes. */
    private static final int MAX_LINE = 8 << 20;

    private final LineConsumer lines;
    private final CompletableFuture<String> body = new CompletableFuture<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription subscription;

    LineBody(LineConsumer lines) {
      this.lines = lines;
    }

    /** Returns a stage that completes with an empty text at the end of the body. */
    @Override
    public CompletionStage<String> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
      subscription = newSubscription;
      newSubscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
      if (body.isDone()) {
        return;
      }
      try {
        for (ByteBuffer buffer : part) {
          take(buffer);
        }
      } catch (IOException e) {
        if (subscription != null) {
          subscription.cancel();
        }
        body.completeExceptionally(e);
      }
    }

    private void take(ByteBuffer buffer) throws IOException {
      while (buffer.hasRemaining()) {
        byte next = buffer.get();
        if (next != '\n') {
          line.write(next);
        } else if (line.size() > 0) {
          byte[] whole = line.toByteArray();
          line.reset();
          lines.accept(whole);
        }
        if (line.size() > MAX_LINE) {
          throw new IOException("a line is longer than %d bytes".formatted(MAX_LINE));
        }
      }
    }

    @Override
    public void onError(Throwable cause) {
      body.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
      body.complete("");
    }
  }
}
