package io.lbtk.proxy.limits;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Ends the connections of one loop that do not end by themselves while it drains: none in the first
 * half of the time, then some in each step, so that their clients do not all come back at once, and
 * the last ones when the time is over. Belongs to the loop.
 */
public final class SpreadClose implements Runnable {

  private static final int STEPS = 20;

  /** The connections of a loop, which alone calls this. */
  public interface Connections {

    /** How many are open. */
    int size();

    /** Ends so many of them, or all if there are fewer. */
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

  /** Begins; may be called on any thread. */
  public static void begin(Connections connections, EventLoop loop, Duration time) {
    new SpreadClose(connections, loop, time).runIn(time.toNanos() / 2);
  }

  private void runIn(long nanos) {
    try {
      var unused = loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The loop was closed meanwhile, and with it every connection.
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
