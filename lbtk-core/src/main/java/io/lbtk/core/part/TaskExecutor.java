package io.lbtk.core.part;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor of a part: the one that it was given, which it does not close, or a daemon thread of
 * its own. Tasks run one at a time. Exceptions and errors that a task throws are logged with the
 * name of the part, and later tasks still run. Thread-safe.
 */
public final class TaskExecutor implements Executor, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TaskExecutor.class);

  private final String name;
  private final boolean own;
  private final ScheduledExecutorService executor;

  /**
   * Creates an executor, without starting a thread.
   *
   * @param name the name of the part, for the thread and the log
   * @param given the executor to use; null for a thread of its own
   */
  TaskExecutor(String name, @Nullable ScheduledExecutorService given) {
    this.name = name;
    this.own = given == null;
    this.executor = given == null ? SerialExecutors.named(name) : given;
  }

  /** Runs a task soon; not at all if the executor has ended by then. */
  @Override
  public void execute(Runnable task) {
    var unused = schedule(task, Duration.ZERO);
  }

  /**
   * Runs a task after a delay; not at all if the executor has ended by then.
   *
   * @return a future that cancels the task
   */
  public Future<?> schedule(Runnable task, Duration delay) {
    try {
      return executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("{}: the executor has ended", name, e);
      return CompletableFuture.completedFuture(null);
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      log.error("{}: a task failed unexpectedly; the part goes on", name, e);
    }
  }

  /** Returns the name of the part, for the log. */
  public String name() {
    return name;
  }

  /** Returns whether the executor has been shut down. */
  public boolean hasEnded() {
    return executor.isShutdown();
  }

  /** Ends the thread, if it is the part's own. A second call does nothing. */
  @Override
  public void close() {
    if (own) {
      executor.shutdown();
    }
  }
}
