package io.lbtk.core.source;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in order, on the thread that brings them: a state that only tasks touch
 * needs no lock, and a task may call anybody. A task that comes while another runs, also one that
 * comes out of it, waits its turn and is run by the thread that is at it.
 */
final class Serial {

  private static final Logger log = LoggerFactory.getLogger(Serial.class);

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Tasks that were brought and are not over yet. Who takes it up from 0 runs them. */
  private final AtomicInteger pending = new AtomicInteger();

  void execute(Runnable task) {
    // Who waits here may be of this thread, and has been counted as run in place of another's that
    // was brought at the same time: it comes first.
    if (tasks.isEmpty() && pending.compareAndSet(0, 1)) {
      run(task);
      if (pending.decrementAndGet() == 0) {
        return;
      }
    } else {
      tasks.add(task);
      if (pending.getAndIncrement() != 0) {
        return;
      }
    }
    do {
      run(tasks.remove());
    } while (pending.decrementAndGet() != 0);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      // An Error as well: if it left here, the count of pending tasks would stay wrong for good.
      log.error("a listener or a token source failed, which it must not", e);
    }
  }
}
