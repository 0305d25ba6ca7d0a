package io.lbtk.proxy;

import io.lbtk.api.Proxy;
import io.lbtk.api.StartException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The life cycle of a proxy: start, drain and close, for any protocol. Thread-safe. */
abstract class ListeningProxy implements Proxy {

  /** A started proxy. */
  interface Running extends AutoCloseable {

    /** Returns the address that it listens on, with the port that was bound. */
    InetSocketAddress address();

    /** See {@link Proxy#takeOver}. */
    default void takeOver() {}

    /** See {@link Proxy#takenOver}. */
    default CompletableFuture<@Nullable Void> takenOver() {
      return new CompletableFuture<>();
    }

    /** See {@link Proxy#awaitSuccessor}. */
    default CompletableFuture<@Nullable Void> awaitSuccessor(Duration limit) {
      return CompletableFuture.completedFuture(null);
    }

    /** See {@link Proxy#drain}. */
    CompletableFuture<@Nullable Void> drain(Duration timeout);

    /** See {@link Proxy#close}. */
    @Override
    void close();
  }

  private final String name;
  private @Nullable Running running;
  private @Nullable InetSocketAddress address;
  private boolean closed;

  ListeningProxy(String name) {
    this.name = name;
  }

  /**
   * Creates the threads and listens. Leaves nothing behind if it throws.
   *
   * @throws StartException if the address cannot be bound
   */
  abstract Running run();

  @Override
  public final synchronized void start() {
    if (closed || running != null) {
      throw new IllegalStateException(
          "%s was %s before".formatted(name, closed ? "closed" : "started"));
    }
    try {
      running = run();
    } catch (RuntimeException | Error e) {
      closed = true;
      throw e;
    }
    address = running.address();
  }

  @Override
  public final synchronized InetSocketAddress address() {
    if (address == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return address;
  }

  @Override
  public final void takeOver() {
    Running taking = running();
    if (taking != null) {
      taking.takeOver();
    }
  }

  @Override
  public final CompletableFuture<@Nullable Void> takenOver() {
    Running taken = running();
    return taken == null ? new CompletableFuture<>() : taken.takenOver();
  }

  @Override
  public final CompletableFuture<@Nullable Void> awaitSuccessor(Duration limit) {
    Running waiting = running();
    return waiting == null
        ? CompletableFuture.completedFuture(null)
        : waiting.awaitSuccessor(limit);
  }

  private synchronized @Nullable Running running() {
    return closed ? null : running;
  }

  @Override
  public final CompletableFuture<@Nullable Void> drain(Duration timeout) {
    Running draining = running();
    return draining == null ? CompletableFuture.completedFuture(null) : draining.drain(timeout);
  }

  /**
   * Closes all connections and releases their tokens, then ends the event loops. Waits for that,
   * unless it is called on a loop of this proxy.
   */
  @Override
  public final void close() {
    Running ending;
    synchronized (this) {
      closed = true;
      ending = running;
      running = null;
    }
    if (ending != null) {
      ending.close();
    }
  }
}
