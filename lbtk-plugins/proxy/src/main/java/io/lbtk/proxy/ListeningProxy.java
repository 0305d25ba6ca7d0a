package io.lbtk.proxy;

import io.lbtk.api.Proxy;
import io.lbtk.api.StartException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How a proxy starts, drains and ends, whatever it moves. Thread-safe. */
abstract class ListeningProxy implements Proxy {

  /** A proxy that was started. */
  interface Running extends AutoCloseable {

    /** Where it listens, with the real port. */
    InetSocketAddress address();

    /** As {@link Proxy#takeOver}. */
    default void takeOver() {}

    /** As {@link Proxy#takenOver}. */
    default CompletableFuture<@Nullable Void> takenOver() {
      return new CompletableFuture<>();
    }

    /** As {@link Proxy#awaitSuccessor}. */
    default CompletableFuture<@Nullable Void> awaitSuccessor(Duration limit) {
      return CompletableFuture.completedFuture(null);
    }

    /** As {@link Proxy#drain}. */
    CompletableFuture<@Nullable Void> drain(Duration timeout);

    /** As {@link Proxy#close}. */
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
   * Makes the threads, and listens. If it throws, nothing is left.
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
   * Ends every connection and releases its token, then ends the loops. Waits for that, unless a
   * loop of this proxy is the caller.
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
