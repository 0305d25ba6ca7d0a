package io.lbtk.core.source;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in the order in which they were added. It has no thread of its own:
 * tasks run on the thread that calls {@link #execute} or {@link #drain}, or, if another thread is
 * running tasks at that moment, on that one.
 *
 * <ul>
 *   <li>Ordering: tasks run in the order in which they were added; a task that happened before
 *       another runs before it.
 *   <li>Serialization: no two tasks run at the same time, so state that only tasks touch needs no
 *       lock.
 *   <li>Non-reentrancy: a task that is added by a running task runs after it.
 * </ul>
 *
 * <p>Thread-safe. No lock is held while a task runs.
 */
public final class SynchronizationContext {

  private static final Logger log = LoggerFactory.getLogger(SynchronizationContext.class);

  private final String name;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Set while a thread runs tasks. */
  private final AtomicBoolean draining = new AtomicBoolean();

  /**
   * Creates a context without tasks.
   *
   * @param name the owner's name in the log
   */
  public SynchronizationContext(String name) {
    this.name = name;
  }

  /**
   * Adds a task without running it. Call {@link #drain} afterwards; unlike {@link #execute}, this
   * may be called with a lock held.
   */
  public void executeLater(Runnable task) {
    tasks.add(task);
  }

  /** Runs all tasks that were added, unless another thread, or a caller of this, is at it. */
  public void drain() {
    while (!tasks.isEmpty() && draining.compareAndSet(false, true)) {
      runAdded();
      // A task that is added before this is seen by the loop, one after it by its own drain().
      draining.set(false);
    }
  }

  /** Adds a task and runs all tasks that were added, as {@link #drain} does. */
  public void execute(Runnable task) {
    // A task in the queue may have been added by this thread: it must run first.
    if (tasks.isEmpty() && draining.compareAndSet(false, true)) {
      run(task);
      runAdded();
      draining.set(false);
    } else {
      tasks.add(task);
    }
    drain();
  }

  private void runAdded() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      run(task);
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      // Errors too: if one escaped, no task would ever run again.
      log.error("{}: task failed", name, e);
    }
  }
}
