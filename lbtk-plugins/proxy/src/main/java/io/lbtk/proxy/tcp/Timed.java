package io.lbtk.proxy.tcp;

import org.jspecify.annotations.Nullable;

/** What {@link LoopTimers} keep a time for. Belongs to their loop. */
abstract class Timed {

  /** Where the timers have it, negative if nowhere; nobody else touches these. */
  int slot = -1;

  @Nullable Timed previous;
  @Nullable Timed next;

  /**
   * The time that was set has come, or is still far: does what is due now, and sets another time if
   * there is anything to wait for.
   */
  abstract void due(long now);

  /** Ends, whatever it waits for. */
  abstract void abort();
}
