package io.lbtk.core.refresh;

import io.lbtk.api.Ticker;
import io.lbtk.core.part.TaskExecutor;
import java.time.Duration;
import java.util.concurrent.Future;

/** The timer of the guards of one refresher: its tasks run between two reports. */
final class GuardTimer {

  private final ReportGate gate;
  private final TaskExecutor thread;
  private final Ticker ticker;

  GuardTimer(ReportGate gate, TaskExecutor thread, Ticker ticker) {
    this.gate = gate;
    this.thread = thread;
    this.ticker = ticker;
  }

  long nanoTime() {
    return ticker.nanoTime();
  }

  /**
   * Runs the task once after a delay.
   *
   * @return a task that cancels it, reliably if called between two reports
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
    Future<?> future = thread.schedule(guarded, delay);
    return () -> {
      cancelled[0] = true;
      future.cancel(false);
    };
  }
}
