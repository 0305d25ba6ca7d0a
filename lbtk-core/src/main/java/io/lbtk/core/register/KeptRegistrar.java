package io.lbtk.core.register;

import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.core.part.Backoff;
import io.lbtk.core.part.PartBuilder;
import io.lbtk.core.part.PartThread;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an entry again and again, three times within its time to live, so that it stands as long
 * as this keeps it, and comes back by itself where a server has lost it. A registrar of nearly any
 * directory is one of these, and an {@link Entry}.
 */
public final class KeptRegistrar implements Registrar {

  private static final Logger log = LoggerFactory.getLogger(KeptRegistrar.class);

  private static final int WRITES_PER_LIFE = 3;
  private static final Duration SOONEST_RETRY = Duration.ofMillis(250);
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

  /**
   * One entry of a directory. Its methods are called one at a time, on the registrar's executor.
   */
  public interface Entry extends AutoCloseable {

    /**
     * Begins to watch for the loss of the entry, where the directory can tell. Called once, before
     * all else.
     *
     * @param lost to be run when the entry may be lost, from any thread: it is kept again soon
     */
    default void watch(Runnable lost) {}

    /**
     * Writes the entry where it does not stand, or not for this target, and begins its time to live
     * anew. May block, for a limited time.
     *
     * @throws Exception if that failed; the message says what and where
     */
    void keep(Target target) throws Exception;

    /**
     * Removes the entry; does nothing where it does not stand. May block, for a limited time.
     *
     * @throws Exception if that failed; the message says what and where
     */
    void remove() throws Exception;

    /** Ends what is under way, and gives back what was held. Called once. */
    @Override
    void close();
  }

  private final String name;
  private final Entry entry;
  private final Duration interval;
  private final PartThread thread;
  private final Backoff backoff;
  private Future<?> next = CompletableFuture.completedFuture(null);

  /** What is to stand in the directory; null for nothing. */
  private @Nullable Target wanted;

  private CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
  private boolean watching;
  private boolean failing;
  private boolean stands;

  /** Before anything was to stand, there is nothing to withdraw. */
  private volatile boolean used;

  private volatile boolean closed;

  private KeptRegistrar(Builder<?> builder, String name, PartThread thread) {
    this.name = name;
    this.entry = builder.entry();
    this.interval = builder.ttl.dividedBy(WRITES_PER_LIFE);
    this.thread = thread;
    this.backoff = new Backoff(SOONEST_RETRY, interval);
  }

  @Override
  public CompletableFuture<Void> register(Target target) {
    return want(Objects.requireNonNull(target, "target"));
  }

  @Override
  public CompletableFuture<Void> withdraw() {
    return want(null);
  }

  private CompletableFuture<Void> want(@Nullable Target target) {
    used |= target != null;
    CompletableFuture<Void> result = new CompletableFuture<>();
    if (!used) {
      result.complete(null);
      return result;
    }
    if (closed || thread.hasEnded()) {
      result.completeExceptionally(new IllegalStateException(name + " is closed"));
      return result;
    }
    thread.execute(
        () -> {
          done.completeExceptionally(
              new IllegalStateException(name + ": something else is wanted now"));
          done = result;
          wanted = target;
          work();
        });
    return result;
  }

  private void lost() {
    if (!closed) {
      thread.execute(this::workAgain);
    }
  }

  private void workAgain() {
    if (wanted != null) {
      work();
    }
  }

  private void work() {
    next.cancel(false);
    if (!watching) {
      watching = true;
      entry.watch(this::lost);
    }
    Target target = wanted;
    try {
      if (target == null) {
        entry.remove();
      } else {
        entry.keep(target);
      }
      succeeded(target);
    } catch (Exception e) {
      failed(target, e);
    }
  }

  private void succeeded(@Nullable Target target) {
    backoff.reset();
    if (target == null && stands) {
      log.info("{}: withdrawn", name);
    } else if (target != null && (!stands || failing || !done.isDone())) {
      log.info("{}: registered {}", name, target);
    }
    stands = target != null;
    failing = false;
    done.complete(null);
    if (target != null && !closed) {
      next = thread.schedule(this::workAgain, interval);
    }
  }

  private void failed(@Nullable Target target, Exception cause) {
    if (!failing && !closed) {
      log.warn(
          "{}: {}: {}; trying again",
          name,
          target == null ? "not withdrawn" : "not registered",
          cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }
    failing = true;
    if (!closed) {
      next = thread.schedule(this::work, backoff.next());
    }
  }

  @Override
  public void close() {
    CompletableFuture<Void> withdrawn = closed ? null : withdraw();
    if (withdrawn == null) {
      return;
    }
    closed = true;
    try {
      withdrawn.get(CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("{}: not withdrawn: it goes after its time to live", name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    entry.close();
    thread.close();
  }

  /**
   * Makes a registrar.
   *
   * @param <B> the builder
   */
  public abstract static class Builder<B extends Builder<B>> extends PartBuilder<B> {

    private Duration ttl = Duration.ofSeconds(15);

    /**
     * A builder.
     *
     * @param type the name in the log, unless another is given
     */
    protected Builder(String type) {
      super(type);
    }

    /** Makes the entry, which the registrar closes. */
    protected abstract Entry entry();

    /** How long the entry stands when it is kept no more. */
    protected final Duration ttl() {
      return ttl;
    }

    /**
     * How long the entry stands after its keeper died; 15 seconds by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public final B ttl(Duration ttl) {
      this.ttl = positive("ttl", ttl);
      return self();
    }

    /** The registrar, which has not written anything yet. */
    public final KeptRegistrar build() {
      return new KeptRegistrar(this, name(), thread());
    }
  }
}
