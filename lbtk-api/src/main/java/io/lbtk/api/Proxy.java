package io.lbtk.api;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Accepts connections and relays each to the target of one token.
 *
 * <p>If a target cannot be reached and no byte was relayed yet, the proxy connects to another one,
 * with another token. Every token that it takes is released with its outcome.
 */
public interface Proxy extends AutoCloseable {

  /**
   * Binds and begins to accept. May block until the address is bound.
   *
   * @throws StartException if it cannot; the message names the address
   * @throws IllegalStateException if it was started or closed before
   */
  void start();

  /**
   * Returns the address that it listens on, with the port that was bound.
   *
   * @throws IllegalStateException if it was not started
   */
  SocketAddress address();

  /**
   * Tells the process that has served this address until now to stop accepting, if there is one
   * that hands its listener over. Called when all parts of this process are up; until then both
   * processes accept. May block for some seconds. Does nothing by default.
   */
  default void takeOver() {}

  /**
   * Returns a future that completes when another process has taken this listener over. No client
   * connects here any more then, and the proxy should be drained and closed. Never completes by
   * default. May complete on any thread, which must not be blocked.
   */
  default CompletableFuture<Void> takenOver() {
    return new CompletableFuture<>();
  }

  /**
   * Returns a future that a process awaits when it is told to stop, before {@link #drain}. A proxy
   * that can hand its listener over accepts meanwhile, so that no client is refused while the next
   * process is still starting. The future is complete at once by default, and as soon as another
   * process has taken over. May complete on any thread, which must not be blocked.
   *
   * @param limit the longest time until it completes; 0 for at once
   */
  default CompletableFuture<Void> awaitSuccessor(Duration limit) {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Stops accepting and lets the connections end by themselves. A second call may shorten the time
   * that is left, and does not extend it. Before {@link #start} and after {@link #close} there is
   * nothing to drain, and the future is complete.
   *
   * @param timeout the time after which the connections that are left are closed
   * @return completes when no connection is left
   */
  CompletableFuture<Void> drain(Duration timeout);

  /** Stops accepting and closes every connection now. A second call does nothing. */
  @Override
  void close();
}
