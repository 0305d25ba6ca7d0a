package io.lbtk.kubernetes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The body of an answer that has no end, line by line. */
final class LineBody implements BodySubscriber<String> {

  /** Takes a line. */
  @FunctionalInterface
  interface LineConsumer {

    /**
     * Takes a line, without its end.
     *
     * @throws IOException if no other is wanted; the body then fails
     */
    void accept(byte[] line) throws IOException;
  }

  /** Etcd, and so Kubernetes, has no object that is nearly as large. */
  private static final int MAX_LINE = 8 << 20;

  private final LineConsumer lines;
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription subscription;

  LineBody(LineConsumer lines) {
    this.lines = lines;
  }

  /** Completes with nothing when the body has ended. */
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
