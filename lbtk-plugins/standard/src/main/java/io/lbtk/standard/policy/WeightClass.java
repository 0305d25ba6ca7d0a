package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one weight, in rotation, and the time at which the next of them is due on the
 * clock of the {@link DueQueue}.
 *
 * <p>Each round of the clock has as many picks of this class as the sum of its weights, evenly
 * spread. The spacing is a whole number (a step, and one more whenever the remainders of the
 * division add up to one), so that the length of a round stays exact.
 *
 * <p>Besides its position each candidate has the time at which it would be due by its weight alone.
 * The position determines the order of picks. The time only determines where a candidate is
 * inserted when it comes back or changes its weight: usually last, but not if it is overdue.
 * Otherwise a candidate that changes more often than once per rotation would move to the end each
 * time, and never be picked.
 */
final class WeightClass {

  /**
   * Length of one round of the clock, in which each candidate is picked as often as its weight. A
   * power of two large enough to keep the picks of a million candidates of the largest weight
   * apart.
   */
  static final long ROUND = 1L << 60;

  final int weight;

  /** Time at which the next pick is due. */
  long due;

  /** Index in the heap of the queue. */
  int position;

  private final Rotation rotation;

  /** Time between two picks of the same candidate. */
  private final long interval;

  private long turns;
  private long step;
  private long remainder;
  private long remainders;

  WeightClass(int weight, Function<Candidate, Entry> turns) {
    this.weight = weight;
    this.rotation = new Rotation(turns);
    this.interval = ROUND / weight;
  }

  boolean isEmpty() {
    return rotation.size() == 0;
  }

  /** Adds an entry: after the next one if it is overdue, else at the end. */
  void add(Entry turn, long now) {
    long wait = turn.wait / weight;
    turn.ring = this;
    if (isEmpty()) {
      rotation.addLast(turn, now + wait);
      spread();
      due = later(now, wait);
      return;
    }
    if (wait > 0) {
      rotation.addLast(turn, now + wait);
    } else {
      rotation.addSecond(turn, now + wait);
    }
    spreadAnew(now);
  }

  /** Removes an entry; the order of the others is kept. */
  void remove(Entry turn, long now) {
    long wait = rotation.remove(turn) - now;
    turn.wait = Math.max(-interval, Math.min(wait, interval)) * weight;
    turn.ring = null;
    if (!isEmpty()) {
      spreadAnew(now);
    }
  }

  /** Returns the next candidate and advances. */
  Candidate take() {
    Candidate candidate = rotation.take(due, interval);
    due += step;
    remainders += remainder;
    if (remainders >= turns) {
      remainders -= turns;
      due++;
    }
    return candidate;
  }

  /**
   * Returns the next candidate that the demand does not exclude, and advances. The candidates that
   * are skipped keep their order.
   *
   * @return null if the demand excludes all
   */
  @Nullable Candidate take(Demand demand) {
    return rotation.bringUp(demand) ? take() : null;
  }

  /** Limits the debt of a class that was skipped to a single pick. */
  void limitDebt(long now) {
    if (now - due > step) {
      due = now - step;
    }
  }

  private void spread() {
    turns = (long) weight * rotation.size();
    step = ROUND / turns;
    remainder = ROUND % turns;
    remainders = 0;
  }

  /** Recomputes the spacing and scales the time until the next pick. */
  private void spreadAnew(long now) {
    long wait = due - now;
    long turnsBefore = turns;
    spread();
    if (wait > 0) {
      // The wait was at most a step, so the product does not exceed a round by much.
      due = later(now, wait * turnsBefore / turns);
    }
  }

  /**
   * Returns a time less than a step from now, so that a round from now on has all picks, but at
   * least 1, so that the next candidate remains next.
   */
  private long later(long now, long wait) {
    return now + Math.max(1, Math.min(wait, step - 1));
  }
}
