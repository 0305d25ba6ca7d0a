package io.lbtk.net;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;

/** Runs what belongs to an event loop, which may have ended. */
public final class OnLoop {

  private OnLoop() {}

  /**
   * Runs the task at once where this is the loop, else there; or the other if the loop has ended.
   */
  public static void run(EventExecutor loop, Runnable task, Runnable ifEnded) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      post(loop, task, ifEnded);
    }
  }

  /** Runs the task on the loop, later; or the other at once if the loop has ended. */
  public static void post(EventExecutor loop, Runnable task, Runnable ifEnded) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      ifEnded.run();
    }
  }
}
