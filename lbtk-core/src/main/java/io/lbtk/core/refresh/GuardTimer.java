package io.lbtk.core.refresh;

import io.lbtk.api.Ticker;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The time of the guards of one refresher: their tasks run between two of its reports. */
final class GuardTimer {

  private static final Logger log = LoggerFactory.getLogger(GuardTimer.class);

  private final ReportGate gate;
  private final ScheduledExecutorService scheduler;
  private final Ticker ticker;

  GuardTimer(ReportGate gate, ScheduledExecutorService scheduler, Ticker ticker) {
    this.gate = gate;
    this.scheduler = scheduler;
    this.ticker = ticker;
  }

  long nanoTime() {
    return ticker.nanoTime();
  }

  /**
   * Runs the task once after a delay.
   *
   * @return what cancels it; called between two reports, it is sure to
   */
  Runnable schedule(Duration delay, Runnable task) {
    boolean[] cancelled = new boolean[1];
    Runnable guarded =
        () ->
            gate.runBetween(
                () -> {
                  if (!cancelled[0]) {
                    task.run();
                  }
                });
    try {
      Future<?> future = scheduler.schedule(guarded, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> {
        cancelled[0] = true;
        future.cancel(false);
      };
    } catch (RejectedExecutionException e) {
      log.debug("the executor has ended, and so does the refresher", e);
      return () -> {};
    }
  }
}
