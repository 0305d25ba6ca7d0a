package io.lbtk.core.source;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A demand sent to a wrapped source: the future that the taker holds, and the current future of the
 * wrapped source, which is guarded by the {@link SynchronizationContext} of the owner.
 */
final class PendingTake extends CompletableFuture<Token> {

  private final Demand demand;
  private final Consumer<PendingTake> withdraw;
  private final long since;
  private @Nullable CompletableFuture<Token> delegate;
  private boolean hasWaited;

  /**
   * Creates a demand that was not sent yet.
   *
   * @param withdraw called when the taker cancels, possibly more than once
   * @param since the current time in nanoseconds, at which the wait begins
   */
  PendingTake(Demand demand, Consumer<PendingTake> withdraw, long since) {
    this.demand = demand;
    this.withdraw = withdraw;
    this.since = since;
  }

  Demand demand() {
    return demand;
  }

  /**
   * Returns the demand for the wrapped source, with the rest of its timeout. Its observer is not
   * called once the taker is served.
   */
  private Demand inner(long now, Runnable onWait) {
    long left = TimeUnit.NANOSECONDS.convert(demand.timeout()) - (now - since);
    return demand
        .timeout(Duration.ofNanos(Math.max(0, left)))
        .whileWaiting(shortage -> reportShortage(shortage, onWait));
  }

  private void reportShortage(Shortage shortage, Runnable onWait) {
    if (!isDone()) {
      demand.reportShortage(shortage);
    }
    onWait.run();
  }

  /**
   * Takes a token from a source. If the source throws, the demand fails, since the taker would wait
   * forever otherwise.
   */
  CompletableFuture<Token> askOf(TokenSource source, long now) {
    return askOf(source, now, () -> {});
  }

  /**
   * Takes a token from a source, as {@link #askOf(TokenSource, long)}.
   *
   * @param onWait called on any thread each time the source reports that it cannot serve the demand
   *     at once
   */
  CompletableFuture<Token> askOf(TokenSource source, long now, Runnable onWait) {
    try {
      delegate = source.take(inner(now, onWait));
    } catch (Throwable e) {
      delegate = CompletableFuture.failedFuture(e);
    }
    return delegate;
  }

  @Nullable CompletableFuture<Token> delegate() {
    return delegate;
  }

  /** Records that the wrapped source could not serve the demand at once. */
  void noteWait() {
    hasWaited = true;
  }

  /** Returns whether the wrapped source could not serve the demand at once. */
  boolean hasWaited() {
    return hasWaited;
  }

  /** Withdraws the demand from the wrapped source. */
  void cancelBehind() {
    if (delegate != null) {
      delegate.cancel(false);
    }
  }

  /** Completes the taker's future, or releases the token if the taker has cancelled. */
  void deliver(Token token) {
    if (!complete(token)) {
      token.release(Outcome.unused());
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      withdraw.accept(this);
    }
    return cancelled;
  }
}
