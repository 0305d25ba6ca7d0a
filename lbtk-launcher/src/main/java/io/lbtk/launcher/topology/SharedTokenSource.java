package io.lbtk.launcher.topology;

import io.lbtk.api.Demand;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A token source that several use: it stays open when one of them closes it. */
final class SharedTokenSource implements TokenSource {

  private final TokenSource source;

  SharedTokenSource(TokenSource source) {
    this.source = source;
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    return source.take(demand);
  }

  @Override
  public Token hold(Target target) {
    return source.hold(target);
  }

  @Override
  public Subscription onGone(Consumer<String> listener) {
    return source.onGone(listener);
  }

  @Override
  public CompletableFuture<Void> whenReady() {
    return source.whenReady();
  }

  @Override
  public void close() {}
}
