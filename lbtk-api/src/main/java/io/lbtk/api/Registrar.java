package io.lbtk.api;

import java.util.concurrent.CompletableFuture;

/**
 * Maintains one entry in a directory: the counterpart of a {@link Refresher}. The entry expires
 * after its time to live if the process dies.
 *
 * <p>Thread-safe; only {@link #close} blocks.
 */
public interface Registrar extends AutoCloseable {

  /**
   * Writes the entry, and maintains it until {@link #withdraw} or {@link #close}, also after lost
   * connections. A second call replaces the entry by that of the new target.
   *
   * @return completes when the entry is in the directory
   */
  CompletableFuture<Void> register(Target target);

  /**
   * Removes the entry. It can be registered again.
   *
   * @return completes when the entry is gone
   */
  CompletableFuture<Void> withdraw();

  /**
   * Withdraws the entry, waits for that for some seconds at most, and releases all resources. A
   * second call does nothing.
   */
  @Override
  void close();
}
