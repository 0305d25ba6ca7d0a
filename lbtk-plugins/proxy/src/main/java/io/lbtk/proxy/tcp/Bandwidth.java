package io.lbtk.proxy.tcp;

import io.lbtk.api.Ticker;
import io.lbtk.proxy.limits.BandwidthLimits;
import io.lbtk.proxy.limits.Pace;
import io.lbtk.proxy.limits.PaceQueue;
import io.lbtk.proxy.limits.SharedPace;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/** The bandwidth limits of one proxy, shared by its loops. Thread-safe. */
final class Bandwidth {

  private final BandwidthLimits limits;
  private final @Nullable SharedPace totalUp;
  private final @Nullable SharedPace totalDown;

  Bandwidth(BandwidthLimits limits) {
    this.limits = limits;
    this.totalUp = shared(limits.totalUp());
    this.totalDown = shared(limits.totalDown());
  }

  private static @Nullable SharedPace shared(long bytesPerSecond) {
    return bytesPerSecond == 0 ? null : new SharedPace(bytesPerSecond, System.nanoTime());
  }

  /** Creates the limits of the connections of one loop. */
  OfLoop on(EventLoop loop) {
    return new OfLoop(loop, System.nanoTime());
  }

  /** The bandwidth limits of the connections of one loop. Confined to that loop. */
  final class OfLoop implements AutoCloseable {

    private final LoopTimers timers;
    private final @Nullable PaceQueue up;
    private final @Nullable PaceQueue down;

    private OfLoop(EventLoop loop, long now) {
      this.timers = new LoopTimers(loop, now);
      this.up = totalUp == null ? null : new PaceQueue(totalUp, loop, Ticker.system());
      this.down = totalDown == null ? null : new PaceQueue(totalDown, loop, Ticker.system());
    }

    /** Returns the limit for input from a client; null if there is none. */
    @Nullable PacedInput up(TunnelEnd client, long now) {
      return paced(client, limits.up(), up, now);
    }

    /** Returns the limit for input from a target; null if there is none. */
    @Nullable PacedInput down(TunnelEnd target, long now) {
      return paced(target, limits.down(), down, now);
    }

    private @Nullable PacedInput paced(
        TunnelEnd end, long own, @Nullable PaceQueue queue, long now) {
      if (own == 0 && queue == null) {
        return null;
      }
      int read =
          Math.min(
              own == 0 ? Integer.MAX_VALUE : Pace.read(own),
              queue == null ? Integer.MAX_VALUE : queue.read());
      return new PacedInput(end, timers, own == 0 ? null : new Pace(own, now), queue, read);
    }

    /** Stops the queues when the loop ends. Its connections have ended already. */
    @Override
    public void close() {
      if (up != null) {
        up.close();
      }
      if (down != null) {
        down.close();
      }
    }
  }
}
