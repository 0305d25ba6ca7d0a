package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one weight, in the order of their turns, and when the next of these turns is
 * due on the clock of the {@link DueQueue}.
 *
 * <p>In each round of the clock the ring has as many turns as the weights of its candidates sum up
 * to, evenly spread. They are spread in whole numbers (a step, and one more whenever the remainders
 * of the division add up to one), so that a round never gets longer or shorter.
 *
 * <p>Beside its place each candidate has the time when its turn should come by its weight alone.
 * The place says who is next. The time only says where a candidate goes when it comes back or
 * changes its weight: behind all others as a rule, but not if it is overdue. Otherwise one that
 * changes more often than the rotation takes would be sent to the end each time, and never be
 * picked.
 */
final class WeightClass {

  /**
   * One round of the clock, in which each candidate has as many turns as its weight. A power of two
   * so large that even the turns of a million candidates of the largest weight stay far apart.
   */
  static final long ROUND = 1L << 60;

  final int weight;

  /** When the next turn is due. */
  long due;

  /** Where the ring is in the heap of the schedule. */
  int position;

  private final Rotation rotation;

  /** How long a candidate waits from turn to turn. */
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

  /** Adds a turn: as the second if it is overdue, since the first stays first; else as the last. */
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

  /** Takes a turn out; the order of the others stays. */
  void remove(Entry turn, long now) {
    long wait = rotation.remove(turn) - now;
    turn.wait = Math.max(-interval, Math.min(wait, interval)) * weight;
    turn.ring = null;
    if (!isEmpty()) {
      spreadAnew(now);
    }
  }

  /** Takes the next turn. */
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
   * Takes the next turn of one that the demand does not exclude. Those that it passes keep theirs.
   *
   * @return null if the demand excludes all
   */
  @Nullable Candidate take(Demand demand) {
    return rotation.bringUp(demand) ? take() : null;
  }

  /** A ring that was passed over is owed one turn, not all that it would have had meanwhile. */
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

  /** Spreads the turns anew, and keeps the part of the wait for the next one that has passed. */
  private void spreadAnew(long now) {
    long wait = due - now;
    long turnsBefore = turns;
    spread();
    if (wait > 0) {
      // The wait was a step at the most, so the product is hardly more than a round.
      due = later(now, wait * turnsBefore / turns);
    }
  }

  /**
   * Less than a step from now, so that a round from now on has all turns; but more than nothing, so
   * that who is next stays next.
   */
  private long later(long now, long wait) {
    return now + Math.max(1, Math.min(wait, step - 1));
  }
}
