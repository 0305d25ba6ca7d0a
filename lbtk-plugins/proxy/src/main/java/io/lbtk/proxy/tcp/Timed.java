package io.lbtk.proxy.tcp;

import org.jspecify.annotations.Nullable;

/** An object with a deadline in {@link LoopTimers}. Confined to their loop. */
abstract class Timed {

  /** Slot in the timing wheel, negative if there is none; only the timers use these fields. */
  int slot = -1;

  @Nullable Timed previous;
  @Nullable Timed next;

  /**
   * Called when the deadline has come, or earlier if it was far. Does what is due, and sets the
   * next deadline if there is one.
   */
  abstract void due(long now);

  /** Closes this object at once, in any state. */
  abstract void abort();
}
