package io.lbtk.tokenport.client;

import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** The event loop of a connection, and the executor on which its tokens are delivered. */
public final class ClientLoop {

  private final EventLoop loop;
  private final Executor taker;

  ClientLoop(EventLoop loop, Executor taker) {
    this.loop = loop;
    this.taker = taker;
  }

  /** Returns the event loop. */
  public EventLoop eventLoop() {
    return loop;
  }

  /** Returns whether the calling thread is that of the event loop. */
  public boolean inEventLoop() {
    return loop.inEventLoop();
  }

  /** Returns whether tokens are delivered on the event loop itself. */
  public boolean deliversOnLoop() {
    return taker == loop;
  }

  /**
   * Runs a task on the event loop, at once if called on it.
   *
   * @return false if the loop is shut down
   */
  public boolean run(Runnable task) {
    return loop.inEventLoop() ? runHere(task) : execute(loop, task);
  }

  /**
   * Runs a task on the executor of the taker. Called on the event loop.
   *
   * @return false if the executor is shut down
   */
  public boolean runForTaker(Runnable task) {
    return deliversOnLoop() ? runHere(task) : execute(taker, task);
  }

  private static boolean runHere(Runnable task) {
    task.run();
    return true;
  }

  private static boolean execute(Executor executor, Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
