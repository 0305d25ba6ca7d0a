package io.lbtk.proxy.tcp;

import io.lbtk.proxy.limits.SpreadClose;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one event loop. Each {@link Timed} has at most one deadline, exact to some
 * milliseconds. Setting a deadline takes a few writes and no allocation, so that timeouts cost
 * little for short and idle connections. The loop is woken only when a deadline is due. Confined to
 * the loop.
 *
 * <p>This is a timing wheel, scheme 6 of Varghese and Lauck, "Hashed and Hierarchical Timing
 * Wheels" (1987). A deadline beyond one turn of the wheel fires early, and is set again.
 */
final class LoopTimers implements SpreadClose.Connections {

  private static final long TICK_NANOS = 10_000_000;
  private static final int SLOTS = 1024;

  /**
   * Granularity of deadlines beyond one turn, so that many idle connections wake the loop rarely.
   */
  private static final int FAR_TICKS = 64;

  private final EventExecutor loop;
  private final long origin;
  private final @Nullable Timed[] slots = new @Nullable Timed[SLOTS];
  private final long[] used = new long[SLOTS / Long.SIZE];

  /** The last tick whose deadlines have all fired. */
  private long done;

  private int size;

  private @Nullable Future<?> wakeUp;
  private long wakeUpTick;

  LoopTimers(EventExecutor loop, long now) {
    this.loop = loop;
    this.origin = now;
  }

  /** Sets a deadline, which replaces the previous one. */
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

  /** Removes the deadline; does nothing if there is none. */
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

  /** Returns the number of entries that have a deadline. */
  @Override
  public int size() {
    return size;
  }

  /** Aborts up to {@code count} of the entries that have a deadline. */
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
    wakeUp = loop.schedule(this::fireDue, Math.max(0, delay), TimeUnit.NANOSECONDS);
  }

  private void fireDue() {
    wakeUp = null;
    long now = System.nanoTime();
    long last = (now - origin) / TICK_NANOS;
    // After a long pause of the loop every slot is due, but only once.
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

  /** Returns the next tick that has a deadline; 0 if there is none. */
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
