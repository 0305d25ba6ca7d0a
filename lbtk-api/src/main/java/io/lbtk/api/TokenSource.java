package io.lbtk.api;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Gives out tokens: a generator, a connection to one, or a source put around another.
 *
 * <p>Thread-safe, unless a source says that it belongs to one executor. Nothing here blocks.
 */
public interface TokenSource extends AutoCloseable {

  /**
   * Takes a token. Never throws and never blocks: a failure is that of the future.
   *
   * <p>The future is complete on return if a token is available at once. Otherwise the demand waits
   * for its turn until its timeout. Cancelling the future withdraws the demand; the source releases
   * a token that arrives at the same moment as unused.
   *
   * @return completes with a token, or fails with a {@link NoTokenException}; dependent actions may
   *     run on any thread
   */
  CompletableFuture<Token> take(Demand demand);

  /**
   * Counts a connection that is live already, such as one that an earlier source gave out. The
   * target need not be known.
   *
   * @return a token for it, to be released as any other. By default it counts for nothing
   */
  default Token hold(Target target) {
    return new Token() {
      @Override
      public Target target() {
        return target;
      }

      @Override
      public void release(Outcome outcome) {}
    };
  }

  /**
   * Tells the listener of every target that may no longer be picked, for any reason but a limit:
   * tokens of it that are not used yet should be released as unused. A later token of the same
   * target means that it is back. By default there is nothing to tell.
   *
   * @param listener takes the {@link Target#hostPort() host:port}; it may be called from any
   *     thread, returns soon and throws nothing
   * @return ends the subscription
   */
  default Subscription onGone(Consumer<String> listener) {
    return () -> {};
  }

  /**
   * Completes when this source knows its targets. A generator that has never read the source of its
   * targets does not know them yet, which is not the same as knowing that there are none. Until
   * then demands wait, and remote peers are told to prefer another source.
   *
   * @return never fails, and never completes if the source is closed before; the caller may cancel
   *     it. By default it is complete
   */
  default CompletableFuture<Void> whenReady() {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Ends the source: demands that wait fail with {@link Shortage#CLOSED}, and so does every later
   * one. Tokens given out can still be released. A second call does nothing.
   */
  @Override
  void close();
}
