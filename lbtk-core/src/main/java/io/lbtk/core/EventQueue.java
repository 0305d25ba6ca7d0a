package io.lbtk.core;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls listeners in the order in which things happened under a lock, but outside of it. Whoever
 * comes to {@link #drain} while nobody else is there makes the calls, also those of others.
 */
final class EventQueue {

  private static final Logger log = LoggerFactory.getLogger(EventQueue.class);

  private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /** Adds an event. Called with the lock held, which gives the order. */
  void add(Runnable event) {
    events.add(event);
  }

  /** Makes the calls. Called without the lock. */
  void drain() {
    if (events.isEmpty() || waiting.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      for (Runnable event = events.poll(); event != null; event = events.poll()) {
        try {
          event.run();
        } catch (Throwable e) {
          // An Error as well: if it left here, nobody would ever drain the queue again.
          log.error("a listener threw an exception, which it must not", e);
        }
      }
      seen = waiting.addAndGet(-seen);
    } while (seen != 0);
  }
}
