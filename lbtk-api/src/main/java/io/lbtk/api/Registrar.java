package io.lbtk.api;

import java.util.concurrent.CompletableFuture;

/**
 * Keeps one entry in a directory: the other half of a {@link Refresher}. The entry vanishes by
 * itself, after its time to live, when its keeper dies.
 *
 * <p>Thread-safe; nothing but {@link #close} blocks.
 */
public interface Registrar extends AutoCloseable {

  /**
   * Writes the entry, and keeps it there until {@link #withdraw} or {@link #close}, across lost
   * connections too.
   *
   * @return completes when the entry stands in the directory
   */
  CompletableFuture<Void> register(Target target);

  /**
   * Removes the entry. It can be registered again.
   *
   * @return completes when the entry is gone
   */
  CompletableFuture<Void> withdraw();

  /**
   * Withdraws, waits for that a few seconds at most, and gives back what was held. A second call
   * does nothing.
   */
  @Override
  void close();
}
