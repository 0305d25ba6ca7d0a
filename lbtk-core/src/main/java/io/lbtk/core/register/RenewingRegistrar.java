package io.lbtk.core.register;

import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.core.part.Backoff;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
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
 * Renews an entry periodically, three times within its time to live, and restores it if the server
 * has lost it. A registrar of nearly any directory can be built from this class and an {@link
 * Entry}.
 */
public final class RenewingRegistrar implements Registrar {

  private static final Logger log = LoggerFactory.getLogger(RenewingRegistrar.class);

  private static final int WRITES_PER_LIFE = 3;
  private static final Duration SOONEST_RETRY = Duration.ofMillis(250);

  /** The longest wait for a withdrawal in total, before and during the close. */
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

  /**
   * One entry of a directory. Its methods are called one at a time, on the registrar's executor.
   */
  public interface Entry extends AutoCloseable {

    /** Returns the place of the entry, for the log: the server and the node, key or service. */
    String place();

    /**
     * Starts to watch for the loss of the entry, if the directory supports that. Called once,
     * before any other method.
     *
     * @param lost the task to run when the entry may be lost, from any thread: the entry is renewed
     *     soon
     */
    default void watch(Runnable lost) {}

    /**
     * Writes the entry if it is missing or for another target, and restarts its time to live. May
     * block, for a limited time.
     *
     * @throws Exception if that failed; the message names the operation and the place
     */
    void keep(Target target) throws Exception;

    /**
     * Returns the time until the entry is renewed, unless it may be lost before; the interval by
     * default. Called after each renewal.
     *
     * @param interval a third of the time to live: the longest allowed result
     */
    default Duration next(Duration interval) {
      return interval;
    }

    /**
     * Removes the entry; does nothing if it does not exist. May block, for a limited time.
     *
     * @throws Exception if that failed; the message names the operation and the place
     */
    void remove() throws Exception;

    /** Ends operations in progress, and releases all resources. Called once. */
    @Override
    void close();
  }

  /** The allowed times to live, for the error of an option. */
  public static final String TTL_RANGE = "more than 0, at most 1d";

  private static final Duration SHORTEST_TTL = Duration.ofMillis(1);
  private static final Duration LONGEST_TTL = Duration.ofDays(1);

  private final String name;
  private final Entry entry;
  private final Duration interval;
  private final Ticker ticker;
  private final TaskExecutor thread;
  private final Backoff backoff;
  private Future<?> next = CompletableFuture.completedFuture(null);

  /** The target to register; null for none. */
  private @Nullable Target wanted;

  private CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
  private boolean watching;
  private boolean failing;
  private boolean stands;

  /**
   * The withdrawal in progress or done; null while a target is registered. Initially done, since
   * there is nothing to withdraw. Guarded by this.
   */
  private @Nullable Withdrawal withdrawal = Withdrawal.done();

  private volatile boolean closed;

  /** Set when {@link #close} waits no longer: no attempt begins after that. */
  private volatile boolean ended;

  private RenewingRegistrar(Builder<?> builder, String name, TaskExecutor thread) {
    this.name = name;
    this.entry = builder.entry();
    this.interval = builder.ttl.dividedBy(WRITES_PER_LIFE);
    this.ticker = builder.ticker;
    this.thread = thread;
    this.backoff = new Backoff(SOONEST_RETRY, interval);
  }

  /** Returns whether the time to live is allowed: an entry must not outlive its target by days. */
  public static boolean isTtl(Duration ttl) {
    return ttl.compareTo(SHORTEST_TTL) >= 0 && ttl.compareTo(LONGEST_TTL) <= 0;
  }

  @Override
  public synchronized CompletableFuture<Void> register(Target target) {
    withdrawal = null;
    return want(Objects.requireNonNull(target, "target"));
  }

  @Override
  public CompletableFuture<Void> withdraw() {
    return withdrawal().gone().copy();
  }

  /** Starts a withdrawal; one that has not succeeded yet is retried at once, and keeps its age. */
  private synchronized Withdrawal withdrawal() {
    Withdrawal before = withdrawal;
    if (before != null && before.hasSucceeded()) {
      return before;
    }
    long since = before == null ? ticker.nanoTime() : before.since();
    Withdrawal now = new Withdrawal(want(null), since);
    withdrawal = now;
    return now;
  }

  private CompletableFuture<Void> want(@Nullable Target target) {
    CompletableFuture<Void> result = new CompletableFuture<>();
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
          backoff.reset();
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
    if (ended) {
      return;
    }
    next.cancel(false);
    Target target = wanted;
    try {
      if (!watching) {
        entry.watch(this::lost);
        watching = true;
      }
      if (target == null) {
        entry.remove();
      } else {
        entry.keep(target);
      }
      succeeded(target);
    } catch (Throwable e) {
      // Errors too, such as a missing class: the entry is retried like any other.
      failed(target, e);
    }
  }

  private void succeeded(@Nullable Target target) {
    backoff.reset();
    if (target == null && stands) {
      log.info("{}: withdrawn", name);
    } else if (target != null && (!stands || failing || !done.isDone())) {
      log.info("{}: registered {} in {}", name, target, entry.place());
    }
    stands = target != null;
    failing = false;
    done.complete(null);
    if (target != null && !closed) {
      next = thread.schedule(this::workAgain, entry.next(interval));
    }
  }

  private void failed(@Nullable Target target, Throwable cause) {
    boolean expected = cause instanceof Exception && cause.getMessage() != null;
    if (!failing && !closed) {
      log.warn(
          "{}: {}: {}; trying again",
          name,
          target == null ? "not withdrawn" : "not registered",
          expected ? cause.getMessage() : cause.toString());
      log.debug("{}: the cause", name, cause);
    }
    failing = true;
    Duration wait = backoff.next();
    if (isRetryInTime(wait)) {
      next = thread.schedule(this::work, wait);
    } else {
      done.completeExceptionally(cause);
    }
  }

  /** Returns whether an attempt after this wait comes before {@link #close} gives up. */
  private synchronized boolean isRetryInTime(Duration wait) {
    return !closed || (withdrawal != null && wait.compareTo(closeTimeLeft(withdrawal)) < 0);
  }

  private Duration closeTimeLeft(Withdrawal withdrawal) {
    return CLOSE_TIME.minusNanos(ticker.nanoTime() - withdrawal.since());
  }

  /**
   * {@inheritDoc} If the entry cannot be removed, that is retried for 5 seconds in total since the
   * withdrawal. This returns as soon as the entry is removed, or no further attempt is due within
   * that time.
   */
  @Override
  public void close() {
    Withdrawal last;
    synchronized (this) {
      if (closed) {
        return;
      }
      last = withdrawal();
      closed = true;
    }
    try {
      last.gone().get(closeTimeLeft(last).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("{}: not withdrawn: what stands of it goes after its time to live", name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended = true;
    entry.close();
    thread.close();
  }

  /**
   * A request to remove the entry.
   *
   * @param gone the future that completes when the entry is removed
   * @param since the time of the first request, by the ticker
   */
  private record Withdrawal(CompletableFuture<Void> gone, long since) {

    static Withdrawal done() {
      return new Withdrawal(CompletableFuture.completedFuture(null), 0);
    }

    boolean hasSucceeded() {
      return gone.isDone() && !gone.isCompletedExceptionally();
    }
  }

  /**
   * Builds a registrar.
   *
   * @param <B> the builder
   */
  public abstract static class Builder<B extends Builder<B>> extends ComponentBuilder<B> {

    private Duration ttl = Duration.ofSeconds(15);
    private Ticker ticker = Ticker.system();

    /**
     * Creates a builder.
     *
     * @param type the name in the log, unless another is given
     */
    protected Builder(String type) {
      super(type);
    }

    /** Creates the entry, which the registrar closes. */
    protected abstract Entry entry();

    /** Returns the time to live of the entry. */
    protected final Duration ttl() {
      return ttl;
    }

    /** Returns the clock of the registrar, for an entry that measures time. */
    protected final Ticker ticker() {
      return ticker;
    }

    /**
     * Sets the time to live of the entry, after which it disappears unless renewed; 15 seconds by
     * default.
     *
     * @throws IllegalArgumentException if it is not more than 0, or more than a day
     */
    public final B ttl(Duration ttl) {
      if (!isTtl(ttl)) {
        throw new IllegalArgumentException("ttl %s (expected: %s)".formatted(ttl, TTL_RANGE));
      }
      this.ttl = ttl;
      return self();
    }

    /** Sets the clock, which must match the scheduler. By default the system clock. */
    public final B ticker(Ticker ticker) {
      this.ticker = Objects.requireNonNull(ticker, "ticker");
      return self();
    }

    /** Returns the registrar, which has not written anything yet. */
    public final RenewingRegistrar build() {
      return new RenewingRegistrar(this, name(), thread());
    }
  }
}
