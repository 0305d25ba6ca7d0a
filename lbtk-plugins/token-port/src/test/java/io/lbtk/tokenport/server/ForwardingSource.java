package io.lbtk.tokenport.server;

import io.lbtk.api.Demand;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A token source in front of another. */
class ForwardingSource implements TokenSource {

  private final TokenSource source;

  ForwardingSource(TokenSource source) {
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
  public void close() {
    source.close();
  }
}
