package io.lbtk.launcher;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Halts the process after a time, for the case that its orderly end hangs. It has a thread of its
 * own from the beginning, which takes no lock of anything else and writes nothing itself, so that
 * neither a part of lbtk nor a log that cannot be written holds it up.
 */
final class HardEnd implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HardEnd.class);

  /** The time that the log may take to say what happens. */
  private static final long LOG_MILLIS = 200;

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, task -> daemon(task, "hard-end"));

  HardEnd() {
    timer.prestartCoreThread();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Halts the process after this time, with exit code 1. Of several times the first counts. */
  void haltAfter(Duration time) {
    timer.schedule(HardEnd::halt, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void halt() {
    try {
      Thread speaker =
          daemon(() -> log.error("the end takes too long: halted with what is left"), "halt-log");
      speaker.start();
      speaker.join(LOG_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Runtime.getRuntime().halt(Exit.PROBLEM);
    }
  }

  /** Takes no further time. The process is halted all the same at the times that were set. */
  @Override
  public void close() {
    timer.shutdown();
  }
}
