package io.lbtk.proxy.tcp;

import io.lbtk.proxy.limits.SpreadClose;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When what lives on one loop, such as its tunnels, wants to be looked at. Each has one time at a
 * time, some milliseconds exact; to set it costs no more than a few writes, and nothing is
 * allocated, so that neither a short connection nor an idle one pays for its timeouts. The loop is
 * woken only when a time has come. Belongs to the loop.
 *
 * <p>A timing wheel, scheme 6 of Varghese and Lauck, "Hashed and Hierarchical Timing Wheels"
 * (1987). What is further away than one turn is due early, and sets its time again.
 */
final class LoopTimers implements SpreadClose.Connections {

  private static final long TICK_NANOS = 10_000_000;
  private static final int SLOTS = 1024;

  /** Times beyond one turn are set together, so that many idle ones wake the loop seldom. */
  private static final int FAR_TICKS = 64;

  private final EventExecutor loop;
  private final long origin;
  private final @Nullable Timed[] slots = new @Nullable Timed[SLOTS];
  private final long[] used = new long[SLOTS / Long.SIZE];

  /** All that was due up to this tick was told so. */
  private long done;

  private int size;

  private @Nullable Future<?> wakeUp;
  private long wakeUpTick;

  LoopTimers(EventExecutor loop, long now) {
    this.loop = loop;
    this.origin = now;
  }

  /** Sets a time, in place of the one that was set before. */
  void set(Timed timed, long deadline, long now) {
    if (size == 0) {
      done = (now - origin) / TICK_NANOS;
    }
    long tick = (deadline - origin + TICK_NANOS - 1) / TICK_NANOS;
    if (tick >= done + SLOTS) {
      long last = done + SLOTS - 1;
      tick = last - last % FAR_TICKS;
    } else if (tick <= done) {
      tick = done + 1;
    }
    int slot = (int) (tick % SLOTS);
    if (timed.slot != slot) {
      cancel(timed);
      add(timed, slot);
    }
    if (wakeUp == null || tick < wakeUpTick) {
      wakeUpAt(tick, now);
    }
  }

  private void add(Timed timed, int slot) {
    Timed first = slots[slot];
    size++;
    timed.slot = slot;
    timed.next = first;
    if (first == null) {
      used[slot / Long.SIZE] |= 1L << slot;
    } else {
      first.previous = timed;
    }
    slots[slot] = timed;
  }

  /** It has no time any more. */
  void cancel(Timed timed) {
    int slot = timed.slot;
    if (slot < 0) {
      return;
    }
    size--;
    Timed next = timed.next;
    Timed previous = timed.previous;
    if (next != null) {
      next.previous = previous;
    }
    if (previous != null) {
      previous.next = next;
    } else {
      slots[slot] = next;
      if (next == null) {
        used[slot / Long.SIZE] &= ~(1L << slot);
      }
    }
    timed.slot = -1;
    timed.next = null;
    timed.previous = null;
  }

  /** How many have a time. */
  @Override
  public int size() {
    return size;
  }

  /** Ends so many of those that have a time. */
  @Override
  public void abort(int count) {
    int left = count;
    for (int slot = 0; slot < SLOTS; slot++) {
      Timed timed = slots[slot];
      while (timed != null && left-- > 0) {
        Timed following = timed.next;
        timed.abort();
        timed = following;
      }
    }
  }

  private void wakeUpAt(long tick, long now) {
    if (wakeUp != null) {
      wakeUp.cancel(false);
    }
    wakeUpTick = tick;
    long delay = origin + tick * TICK_NANOS - now;
    wakeUp = loop.schedule(this::tellDue, Math.max(0, delay), TimeUnit.NANOSECONDS);
  }

  private void tellDue() {
    wakeUp = null;
    long now = System.nanoTime();
    long last = (now - origin) / TICK_NANOS;
    // After a long pause of the loop each slot is due, but once.
    done = Math.max(done, last - SLOTS);
    while (done < last) {
      done++;
      Timed timed = slots[(int) (done % SLOTS)];
      while (timed != null) {
        cancel(timed);
        timed.due(now);
        timed = slots[(int) (done % SLOTS)];
      }
    }
    long next = nextUsed();
    if (next > 0 && (wakeUp == null || next < wakeUpTick)) {
      wakeUpAt(next, now);
    }
  }

  /** The next tick that is waited for; 0 if none does. */
  private long nextUsed() {
    for (long tick = done + 1; tick < done + SLOTS; ) {
      int slot = (int) (tick % SLOTS);
      long bits = used[slot / Long.SIZE] >>> slot;
      if (bits != 0) {
        return tick + Long.numberOfTrailingZeros(bits);
      }
      tick += Long.SIZE - slot % Long.SIZE;
    }
    return 0;
  }
}
