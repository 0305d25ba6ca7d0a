package io.lbtk.api;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A source of tokens: a generator, a connection to one, or a wrapper around another source.
 *
 * <p>Thread-safe, unless a source states that it belongs to one executor. No method blocks.
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
   * Counts a connection that exists already, such as one whose token came from another source. The
   * target need not be known.
   *
   * @return a token for it, to be released like any other; by default one that is not counted
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
   * Adds a listener that is told of each target that may no longer be picked, for any reason but a
   * limit: its tokens that are not used yet should be released as unused. A later token of the same
   * target means that it is back. Does nothing by default.
   *
   * @param listener receives the {@link Target#hostPort() host:port}; may be called by any thread,
   *     must not block and must not throw
   * @return the subscription, whose {@code close} removes the listener
   */
  default Subscription onGone(Consumer<String> listener) {
    return () -> {};
  }

  /**
   * Returns a future that completes when this source knows its targets. A generator that has never
   * read the source of its targets does not know them yet, which is not the same as knowing that
   * there are none. Until then demands wait, and remote peers are told to prefer another source.
   *
   * @return a future that never fails, and never completes if the source is closed before; the
   *     caller may cancel it. It is complete by default
   */
  default CompletableFuture<Void> whenReady() {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Closes the source: demands that wait and all later ones fail with {@link Shortage#CLOSED}.
   * Tokens that were taken can still be released. A second call does nothing.
   */
  @Override
  void close();
}
