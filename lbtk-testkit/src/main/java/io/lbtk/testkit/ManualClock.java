package io.lbtk.testkit;

import io.lbtk.api.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Time under the test's control: a {@link Ticker} and a {@link ScheduledExecutorService} in one,
 * which stand still until the test moves them.
 *
 * <p>No task runs by itself, not even one without a delay: {@link #runDue} runs what is due now,
 * and {@link #advance} moves the time and runs what becomes due on the way, each at its own moment,
 * in order, on the thread that called. So what runs on this executor is serial.
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * Cache cache = new Cache(clock, clock, Duration.ofSeconds(5));
 * clock.advance(Duration.ofSeconds(5));
 * }</pre>
 *
 * <p>The first {@link #nanoTime()} is shortly before the largest number, so that code which
 * compares two times by {@code <} instead of their difference fails after ten seconds, not in
 * production.
 *
 * <p>Thread-safe: tasks may be scheduled by any thread.
 */
public final class ManualClock extends AbstractExecutorService
    implements ScheduledExecutorService, Ticker {

  private static final long START = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(10);

  /** The number of tasks at one moment that is taken for an endless loop. */
  private static final int MAX_TASKS_AT_ONCE = 1_000_000;

  private final ReentrantLock running = new ReentrantLock();
  private final Object lock = new Object();
  private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>();
  private long now = START;
  private long sequence;
  private boolean shutdown;

  /** Creates a clock that stands still. */
  public ManualClock() {}

  @Override
  public long nanoTime() {
    synchronized (lock) {
      return now;
    }
  }

  /** Returns the time that has passed since the clock was created. */
  public Duration elapsed() {
    return Duration.ofNanos(nanoTime() - START);
  }

  /**
   * Runs every task that is due now, and those that they schedule without a delay.
   *
   * @return the number of tasks that ran
   * @throws IllegalStateException if called by a task, or if there is no end of tasks
   */
  public int runDue() {
    return advance(Duration.ZERO);
  }

  /**
   * Moves the time, and runs every task that is due on the way, at its own moment. Exceptions of
   * tasks given to {@link #execute} are thrown here.
   *
   * @return the number of tasks that ran
   * @throws IllegalArgumentException if the time is negative
   * @throws IllegalStateException if called by a task, or if there is no end of tasks
   */
  public int advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("advance by %s (expected: not negative)".formatted(time));
    }
    if (running.isHeldByCurrentThread()) {
      throw new IllegalStateException("the clock is moved by a task that runs on it");
    }
    running.lock();
    try {
      return runUntil(nanoTime() + time.toNanos());
    } finally {
      running.unlock();
    }
  }

  private int runUntil(long end) {
    int ran = 0;
    int atOnce = 0;
    while (true) {
      Task<?> task;
      synchronized (lock) {
        task = tasks.peek();
        if (task == null || task.due - end > 0) {
          now = end;
          return ran;
        }
        tasks.remove();
        if (task.due - now > 0) {
          now = task.due;
          atOnce = 0;
        }
      }
      if (++atOnce > MAX_TASKS_AT_ONCE) {
        throw new IllegalStateException(
            "%d tasks ran and the time did not move: a task schedules itself without a delay"
                .formatted(MAX_TASKS_AT_ONCE));
      }
      task.runOnce();
      ran++;
    }
  }

  /** Returns the number of queued tasks, due or not. */
  public int pending() {
    synchronized (lock) {
      return tasks.size();
    }
  }

  /**
   * Returns the time until the next task is due, zero if one is due now; empty if there is none.
   */
  public Optional<Duration> untilNext() {
    synchronized (lock) {
      return Optional.ofNullable(tasks.peek())
          .map(task -> Duration.ofNanos(Math.max(0, task.due - now)));
    }
  }

  @Override
  public void execute(Runnable command) {
    var unused = add(new Task<>(Executors.callable(command), 0, 0, true));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return schedule(Executors.callable(command), delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return add(new Task<>(callable, unit.toNanos(delay), 0, false));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return repeat(command, unit.toNanos(initialDelay), unit.toNanos(period));
  }

  /** Schedules as {@link #scheduleAtFixedRate} does, since tasks take no time here. */
  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return repeat(command, unit.toNanos(initialDelay), unit.toNanos(delay));
  }

  private ScheduledFuture<?> repeat(Runnable command, long delay, long period) {
    if (period <= 0) {
      throw new IllegalArgumentException("period %d (expected: more than 0)".formatted(period));
    }
    return add(new Task<>(Executors.callable(command), delay, period, false));
  }

  private <V> Task<V> add(Task<V> task) {
    synchronized (lock) {
      if (shutdown) {
        throw new RejectedExecutionException("the executor is shut down");
      }
      task.due = now + Math.max(0, task.delay);
      task.order = sequence++;
      tasks.add(task);
    }
    return task;
  }

  /** {@inheritDoc} One-time tasks can still run; periodic tasks end. */
  @Override
  public void shutdown() {
    List<Task<?>> repeated = new ArrayList<>();
    synchronized (lock) {
      shutdown = true;
      tasks.stream().filter(task -> task.period > 0).forEach(repeated::add);
    }
    repeated.forEach(task -> task.cancel(false));
  }

  @Override
  public List<Runnable> shutdownNow() {
    synchronized (lock) {
      shutdown = true;
      List<Runnable> dropped = new ArrayList<>(tasks);
      tasks.clear();
      return dropped;
    }
  }

  @Override
  public boolean isShutdown() {
    synchronized (lock) {
      return shutdown;
    }
  }

  @Override
  public boolean isTerminated() {
    synchronized (lock) {
      return shutdown && tasks.isEmpty();
    }
  }

  /** Does not wait, because no task runs while the caller waits. */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }

  /** One task; {@code due} and {@code order} are set once it is in the queue. */
  private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {

    private final Callable<V> callable;
    private final long delay;
    private final long period;
    private final boolean bare;
    private long due;
    private long order;

    Task(Callable<V> callable, long delay, long period, boolean bare) {
      super(callable);
      this.callable = callable;
      this.delay = delay;
      this.period = period;
      this.bare = bare;
    }

    void runOnce() {
      if (bare) {
        runBare();
      } else if (period == 0) {
        run();
      } else if (runAndReset()) {
        again();
      }
    }

    private void runBare() {
      try {
        callable.call();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    private void again() {
      synchronized (lock) {
        if (shutdown || isCancelled()) {
          return;
        }
        due += period;
        order = sequence++;
        tasks.add(this);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      synchronized (lock) {
        tasks.remove(this);
      }
      return cancelled;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      synchronized (lock) {
        return unit.convert(due - now, TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public int compareTo(Delayed other) {
      Task<?> task = (Task<?>) other;
      long difference = due - task.due;
      return Long.signum(difference != 0 ? difference : order - task.order);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
