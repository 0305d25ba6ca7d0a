package io.lbtk.api;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Accepts connections and tunnels each to the target of one token.
 *
 * <p>It connects to another target, with another token, when one cannot be reached and no byte went
 * through yet. Every token that it takes is released with what became of it.
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
   * Where it accepts, with the real port where 0 was asked.
   *
   * @throws IllegalStateException if it was not started
   */
  SocketAddress address();

  /**
   * Lets the process that has served this address until now stop accepting, if there is one and it
   * hands its listener over. Called when all that belongs to this process is up; until then both
   * accept. May block for some seconds. Does nothing by default.
   */
  default void takeOver() {}

  /**
   * Completes when another process has taken this listener over: no client comes here any more, and
   * whoever runs this proxy drains and closes it. By default that does not happen. It may complete
   * on any thread, which must not be made to wait.
   */
  default CompletableFuture<Void> takenOver() {
    return new CompletableFuture<>();
  }

  /**
   * Returns what a process waits for between being told to stop and {@link #drain}. A proxy that
   * can hand its listener over accepts meanwhile, so that no client is refused while the next
   * process is still starting. It is complete at once by default, and when another process has
   * taken over. It may complete on any thread, which must not be blocked.
   *
   * @param limit the longest time until it completes; 0 for at once
   */
  default CompletableFuture<Void> awaitSuccessor(Duration limit) {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Stops accepting and lets the tunnels end by themselves.
   *
   * @param timeout after which those that are left are closed
   * @return completes when no tunnel is left
   */
  CompletableFuture<Void> drain(Duration timeout);

  /** Stops accepting and closes every tunnel now. A second call does nothing. */
  @Override
  void close();
}
