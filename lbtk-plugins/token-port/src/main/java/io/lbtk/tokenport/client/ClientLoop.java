package io.lbtk.tokenport.client;

import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** The event loop that runs a connection, and the executor of whoever takes tokens from it. */
public final class ClientLoop {

  private final EventLoop loop;
  private final Executor taker;

  ClientLoop(EventLoop loop, Executor taker) {
    this.loop = loop;
    this.taker = taker;
  }

  /** The event loop. */
  public EventLoop eventLoop() {
    return loop;
  }

  /** Whether the caller is on the event loop. */
  public boolean isHere() {
    return loop.inEventLoop();
  }

  /** Whether the taker runs on the event loop, too. */
  public boolean isTakers() {
    return taker == loop;
  }

  /** Runs a task on the event loop: at once if this is it. False if that is shut down. */
  public boolean run(Runnable task) {
    return loop.inEventLoop() ? runHere(task) : execute(loop, task);
  }

  /** Calls the taker; called on the event loop. False if the taker's executor is shut down. */
  public boolean call(Runnable task) {
    return isTakers() ? runHere(task) : execute(taker, task);
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
