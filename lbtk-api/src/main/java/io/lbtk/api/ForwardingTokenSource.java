package io.lbtk.api;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Passes each call on to another token source. A source that changes only some calls of another one
 * extends this class and overrides those; methods that later versions add to {@link TokenSource}
 * are then passed on as well.
 */
public abstract class ForwardingTokenSource implements TokenSource {

  /** Creates a source; the calls are passed on to {@link #delegate()}. */
  protected ForwardingTokenSource() {}

  /** Returns the source that the calls are passed on to. May be called by any thread. */
  protected abstract TokenSource delegate();

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    return delegate().take(demand);
  }

  @Override
  public Token hold(Target target) {
    return delegate().hold(target);
  }

  @Override
  public Subscription onGone(Consumer<String> listener) {
    return delegate().onGone(listener);
  }

  @Override
  public CompletableFuture<Void> whenReady() {
    return delegate().whenReady();
  }

  @Override
  public void close() {
    delegate().close();
  }

  @Override
  public String toString() {
    return delegate().toString();
  }
}
