package io.lbtk.discovery.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The body of an answer, which fails if it is longer than it may be. */
final class LimitedBody implements BodySubscriber<byte[]> {

  private final long maxSize;
  private final BodySubscriber<byte[]> body = BodySubscribers.ofByteArray();
  private Flow.@Nullable Subscription subscription;
  private long size;

  LimitedBody(long maxSize) {
    this.maxSize = maxSize;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    body.onSubscribe(newSubscription);
  }

  @Override
  public void onNext(List<ByteBuffer> part) {
    size += part.stream().mapToLong(ByteBuffer::remaining).sum();
    if (size <= maxSize) {
      body.onNext(part);
    } else if (subscription != null) {
      subscription.cancel();
      subscription = null;
      body.onError(
          new IOException("the answer is longer than %d bytes (max-size)".formatted(maxSize)));
    }
  }

  @Override
  public void onError(Throwable cause) {
    body.onError(cause);
  }

  @Override
  public void onComplete() {
    body.onComplete();
  }
}
