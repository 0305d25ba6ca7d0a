package io.lbtk.core.part;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates executors for parts that were given none: one daemon thread, started with the first task.
 */
public final class SerialExecutors {

  private static final Logger log = LoggerFactory.getLogger(SerialExecutors.class);

  private SerialExecutors() {}

  /**
   * Creates an executor whose tasks run one at a time, in order. The caller shuts it down.
   * Exceptions and errors that a task throws are logged; the executor continues with the next task.
   *
   * @param name the name of the thread, and of the part in the log
   */
  public static ScheduledExecutorService named(String name) {
    ScheduledThreadPoolExecutor executor = new LoggingExecutor(name);
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return Executors.unconfigurableScheduledExecutorService(executor);
  }

  /** Logs the failures of tasks, which the JDK only stores in their futures. */
  private static final class LoggingExecutor extends ScheduledThreadPoolExecutor {

    private final String name;

    LoggingExecutor(String name) {
      super(
          1,
          task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
          });
      this.name = name;
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
      super.afterExecute(task, thrown);
      Throwable failure = thrown == null ? failure(task) : thrown;
      if (failure == null) {
        return;
      }
      if (task instanceof RunnableScheduledFuture<?> scheduled && scheduled.isPeriodic()) {
        log.error("{}: a periodic task failed, and is not run again", name, failure);
      } else {
        log.error("{}: a task failed", name, failure);
      }
    }

    private static @Nullable Throwable failure(Runnable task) {
      if (!(task instanceof Future<?> future) || !future.isDone()) {
        return null;
      }
      try {
        future.get();
        return null;
      } catch (CancellationException e) {
        return null;
      } catch (ExecutionException e) {
        return e.getCause();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
  }
}
