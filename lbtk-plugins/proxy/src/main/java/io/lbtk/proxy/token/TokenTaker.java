package io.lbtk.proxy.token;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Token;
import io.lbtk.net.OnLoop;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes tokens for one client of a loop, one at a time, and may stop at any time. A token that
 * arrives after that is released unused. Confined to the loop.
 */
public abstract class TokenTaker implements BiConsumer<@Nullable Token, @Nullable Throwable> {

  private final LoopTokens tokens;
  private @Nullable CompletableFuture<Token> demand;
  private boolean stopped;

  /** Creates a taker without a pending demand. */
  public TokenTaker(LoopTokens tokens) {
    this.tokens = tokens;
  }

  /**
   * Called with the result of the demand, on the loop and never after {@link #stopTaking}.
   *
   * @param token the token; null on failure
   * @param error the failure; null on success
   */
  public abstract void taken(@Nullable Token token, @Nullable Throwable error);

  /** Demands a token; {@link #taken} may be called before this returns. */
  public final void take(Demand wanted) {
    CompletableFuture<Token> asked = tokens.take(wanted);
    if (asked.isDone()) {
      takenNow(asked);
    } else {
      demand = asked;
      var unused = asked.whenComplete(this);
    }
  }

  private void takenNow(CompletableFuture<Token> answered) {
    Token token = null;
    Throwable error = null;
    try {
      token = answered.join();
    } catch (CancellationException | CompletionException e) {
      error = e;
    }
    taken(token, error);
  }

  /** Returns whether a demand is pending. */
  public final boolean isTaking() {
    return demand != null;
  }

  /** Cancels the pending demand, if any. */
  public final void stopTaking() {
    stopped = true;
    CompletableFuture<Token> waiting = demand;
    if (waiting != null) {
      demand = null;
      waiting.cancel(false);
    }
  }

  /** Receives the result from the source, on any thread. */
  @Override
  public final void accept(@Nullable Token token, @Nullable Throwable error) {
    if (tokens.loop().inEventLoop()) {
      answered(token, error);
    } else {
      OnLoop.post(tokens.loop(), () -> answered(token, error), () -> giveBack(token));
    }
  }

  private void answered(@Nullable Token token, @Nullable Throwable error) {
    demand = null;
    if (stopped) {
      giveBack(token);
    } else {
      taken(token, error);
    }
  }

  private static void giveBack(@Nullable Token token) {
    if (token != null) {
      token.release(Outcome.unused());
    }
  }
}
