package io.lbtk.proxy.limits;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Closes the remaining connections of one loop while its proxy drains: none in the first half of
 * the timeout, then a few at each step, so that clients do not all reconnect at once, and the last
 * ones at the timeout. Confined to the loop.
 */
public final class SpreadClose implements Runnable {

  private static final int STEPS = 20;

  /** The connections of one loop; called only on that loop. */
  public interface Connections {

    /** Returns the number of open connections. */
    int size();

    /** Closes up to {@code count} connections. */
    void abort(int count);
  }

  private final Connections connections;
  private final EventLoop loop;
  private final long stepNanos;
  private int stepsLeft = STEPS;

  private SpreadClose(Connections connections, EventLoop loop, Duration time) {
    this.connections = connections;
    this.loop = loop;
    this.stepNanos = time.toNanos() / 2 / STEPS;
  }

  /** Starts to drain; may be called on any thread. */
  public static void begin(Connections connections, EventLoop loop, Duration time) {
    new SpreadClose(connections, loop, time).runIn(time.toNanos() / 2);
  }

  private void runIn(long nanos) {
    try {
      var unused = loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The loop was closed meanwhile, with all its connections.
    }
  }

  @Override
  public void run() {
    connections.abort(connections.size() / (stepsLeft + 1));
    if (stepsLeft == 0) {
      return;
    }
    stepsLeft--;
    runIn(stepNanos);
  }
}
