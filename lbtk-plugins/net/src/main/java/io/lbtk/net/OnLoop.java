package io.lbtk.net;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;

/** Runs tasks on an event loop that may have been shut down. */
public final class OnLoop {

  private OnLoop() {}

  /**
   * Runs a task at once if called on the loop, otherwise later on the loop.
   *
   * @param ifEnded the task to run at once instead if the loop has been shut down
   */
  public static void run(EventExecutor loop, Runnable task, Runnable ifEnded) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      post(loop, task, ifEnded);
    }
  }

  /**
   * Runs a task later on the loop.
   *
   * @param ifEnded the task to run at once instead if the loop has been shut down
   */
  public static void post(EventExecutor loop, Runnable task, Runnable ifEnded) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      ifEnded.run();
    }
  }
}
