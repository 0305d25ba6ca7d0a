package io.lbtk.proxy.tcp;

import io.lbtk.proxy.limits.Pace;
import io.lbtk.proxy.limits.PaceQueue;
import org.jspecify.annotations.Nullable;

/**
 * Decides when one direction of a tunnel may be read under a bandwidth limit. Confined to the loop.
 */
public final class PacedInput extends Timed implements PaceQueue.Member {

  private final TunnelEnd end;
  private final LoopTimers timers;
  private final @Nullable Pace own;
  private final @Nullable PaceQueue shared;
  private final int read;
  private boolean waiting;
  private boolean itsTurn;
  private boolean ended;

  /**
   * Creates the limit of one direction, which may be read at once.
   *
   * @param end the end that resumes reading when the limit allows it
   * @param own the limit of this connection; null for none
   * @param shared the limit of the whole proxy; null for none
   * @param read the number of bytes to read at a time
   */
  PacedInput(
      TunnelEnd end, LoopTimers timers, @Nullable Pace own, @Nullable PaceQueue shared, int read) {
    this.end = end;
    this.timers = timers;
    this.own = own;
    this.shared = shared;
    this.read = read;
  }

  /** Returns the number of bytes to read at a time. */
  int read() {
    return read;
  }

  /** Returns whether to read now. If not, {@link TunnelEnd#resumeReading} is called later. */
  boolean mayRead(long now) {
    if (waiting) {
      return false;
    }
    if (itsTurn) {
      itsTurn = false;
      return true;
    }
    long rest = own == null ? 0 : own.restNanos(now);
    if (rest > 0) {
      waiting = true;
      timers.set(this, now + rest, now);
    } else if (shared != null) {
      waiting = !shared.enter(this);
    }
    return !waiting;
  }

  /** Counts bytes that were read; a negative number takes bytes back. */
  void spent(long bytes, long now) {
    if (own != null) {
      own.spent(bytes, now);
    }
    if (shared != null) {
      shared.spent(bytes);
    }
  }

  @Override
  public void turn() {
    waiting = false;
    if (!ended) {
      itsTurn = true;
      end.resumeReading();
      itsTurn = false;
    }
  }

  @Override
  void due(long now) {
    waiting = false;
    end.resumeReading();
  }

  /** Leaves all queues: nothing is read any more. */
  void end() {
    ended = true;
    timers.cancel(this);
  }

  @Override
  void abort() {
    end.tunnel().abort();
  }
}
