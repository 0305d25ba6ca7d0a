package io.lbtk.netty.proxy;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Closes the tunnels of one loop that do not end by themselves while it drains: none in the first
 * half of the time, then some in each step, so that their clients do not all come back at once, and
 * the last ones when the time is over. Belongs to the loop.
 */
final class SpreadClose implements Runnable {

  private static final int STEPS = 20;

  private final LoopTimers tunnels;
  private final EventLoop loop;
  private final long stepNanos;
  private int stepsLeft = STEPS;

  private SpreadClose(LoopTimers tunnels, EventLoop loop, Duration time) {
    this.tunnels = tunnels;
    this.loop = loop;
    this.stepNanos = time.toNanos() / 2 / STEPS;
  }

  /** Begins; may be called on any thread. */
  static void begin(LoopTimers tunnels, EventLoop loop, Duration time) {
    new SpreadClose(tunnels, loop, time).runIn(time.toNanos() / 2);
  }

  private void runIn(long nanos) {
    try {
      var unused = loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The loop was closed meanwhile, and with it every tunnel.
    }
  }

  @Override
  public void run() {
    tunnels.abort(tunnels.size() / (stepsLeft + 1));
    if (stepsLeft == 0) {
      return;
    }
    stepsLeft--;
    runIn(stepNanos);
  }
}
