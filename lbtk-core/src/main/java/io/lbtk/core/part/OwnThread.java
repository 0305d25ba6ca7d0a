package io.lbtk.core.part;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The executor of a part that was given none: one daemon thread, from the first task on. */
public final class OwnThread {

  private OwnThread() {}

  /**
   * An executor whose tasks run one at a time, in order. It is the caller's, who shuts it down.
   *
   * @param name the name of the thread
   */
  public static ScheduledExecutorService named(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return Executors.unconfigurableScheduledExecutorService(executor);
  }
}
