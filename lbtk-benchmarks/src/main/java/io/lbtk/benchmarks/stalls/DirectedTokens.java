package io.lbtk.benchmarks.stalls;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import java.util.concurrent.CompletableFuture;

/** Always has a token, of the target that it was told last. */
final class DirectedTokens implements TokenSource {

  private volatile Target target;

  DirectedTokens(Target target) {
    this.target = target;
  }

  /** From now on tokens are of this target. */
  void direct(Target next) {
    target = next;
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    return CompletableFuture.completedFuture(new Directed(target));
  }

  @Override
  public void close() {}

  private record Directed(Target target) implements Token {

    @Override
    public void release(Outcome outcome) {}
  }
}
