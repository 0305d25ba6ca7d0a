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
 * A demand that was asked of the source within: the future that the taker holds, and the one that
 * stands delegate it for now. The latter belongs to the {@link Serial} of its owner.
 */
final class PendingTake extends CompletableFuture<Token> {

  private final Demand demand;
  private final Consumer<PendingTake> withdraw;
  private final long since;
  private @Nullable CompletableFuture<Token> delegate;
  private boolean hasWaited;

  /**
   * A demand that was not asked yet.
   *
   * @param withdraw told when the taker cancels; may be told more than once
   * @param since the time of now, in nanoseconds: from then on the demand waits
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
   * Returns the demand for the source within, with the time that is left of it. Its observer hears
   * nothing once the taker is served.
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
   * Asks a source for a token. A source that throws, which it must not, is one that fails the
   * demand: the taker would wait for ever otherwise.
   */
  CompletableFuture<Token> askOf(TokenSource source, long now) {
    return askOf(source, now, () -> {});
  }

  /**
   * Asks a source for a token, as {@link #askOf(TokenSource, long)}.
   *
   * @param onWait runs, on any thread, each time the source says that it cannot serve the demand at
   *     once
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

  /** Notes that the source within could not serve the demand at once. */
  void noteWait() {
    hasWaited = true;
  }

  /** Whether the source within has said that it could not serve the demand at once. */
  boolean hasWaited() {
    return hasWaited;
  }

  /** Withdraws the demand from the source within. */
  void cancelBehind() {
    if (delegate != null) {
      delegate.cancel(false);
    }
  }

  /** Gives the token to the taker, or back where it no longer wants one. */
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
