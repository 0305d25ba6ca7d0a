package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import org.jspecify.annotations.Nullable;

/**
 * A candidate's turn in {@link RoundRobin}: its place in the {@link Ring} of its weight, and when
 * it should come by its weight alone.
 *
 * <p>The place says who is next. The time only says where the candidate goes when it comes back, or
 * changes its weight: behind all others, as a rule, but not if it is overdue already. Otherwise one
 * that changes more often than the rotation takes would be sent to the end each time, and never be
 * picked.
 */
final class Turn {

  final Candidate candidate;

  boolean suspended;

  /** Where it stands; null while it may not be picked. */
  @Nullable Ring ring;

  /** The neighbours in the ring; this one itself where there is no other. */
  Turn previous = this;

  Turn next = this;

  /** In a ring: when the turn is due. Out of it: what {@link #pause} has left of the wait. */
  private long due = Ring.ROUND;

  /** The turn of a new candidate, which has the whole wait before it. */
  Turn(Candidate candidate) {
    this.candidate = candidate;
  }

  /** The turn of a candidate that was added. */
  static Turn of(Candidate candidate) {
    if (candidate.attachment() instanceof Turn turn) {
      return turn;
    }
    throw new IllegalStateException("%s was never added".formatted(candidate.target().hostPort()));
  }

  /** The turn was had: the next one is due an interval later, less what this one was late. */
  void had(long now, long interval) {
    long late = Math.max(0, Math.min(now - due, interval));
    due = now + interval - late;
  }

  /** Keeps what is left of the wait, as a part of the interval so that it fits any weight. */
  void pause(long now, Ring from) {
    long interval = from.interval();
    due = Math.max(-interval, Math.min(due - now, interval)) * from.weight;
  }

  /**
   * Goes on with the wait that {@link #pause} has kept.
   *
   * @return how long it is; not positive if the turn is overdue
   */
  long resume(long now, Ring to) {
    long wait = due / to.weight;
    due = now + wait;
    return wait;
  }
}
