package io.lbtk.standard.policy;

import io.lbtk.api.Demand;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one weight, in the order of their turns, and when the next of these turns is
 * due on the clock of the {@link Schedule}.
 *
 * <p>In each round of the clock the ring has as many turns as the weights of its candidates sum up
 * to, evenly spread. They are spread in whole numbers (a step, and one more whenever the remainders
 * of the division add up to one), so that a round never gets longer or shorter.
 */
final class Ring {

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

  private @Nullable Turn first;
  private int size;
  private long turns;
  private long step;
  private long remainder;
  private long remainders;

  Ring(int weight) {
    this.weight = weight;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** How long a candidate waits from turn to turn. */
  long interval() {
    return ROUND / weight;
  }

  /** Adds a turn: as the second if it is overdue, since the first stays first; else as the last. */
  void add(Turn turn, long now) {
    long wait = turn.resume(now, this);
    Turn head = first;
    turn.ring = this;
    if (head == null) {
      first = turn;
    } else {
      insertBefore(wait > 0 ? head : head.next, turn);
    }
    resize(size + 1, now);
    if (head == null) {
      due = now + Math.max(1, Math.min(wait, step - 1));
    }
  }

  /** Takes a turn out; the order of the others stays. */
  void remove(Turn turn, long now) {
    turn.pause(now, this);
    if (turn == first) {
      first = size == 1 ? null : turn.next;
    }
    unlink(turn);
    turn.ring = null;
    resize(size - 1, now);
  }

  /** Takes the next turn. */
  Turn take() {
    Turn turn = first;
    if (turn == null) {
      throw new IllegalStateException("the ring of weight " + weight + " is empty");
    }
    first = turn.next;
    return had(turn);
  }

  /**
   * Takes the next turn of one that the demand does not exclude. Those that it passes keep theirs.
   *
   * @return null if the demand excludes all
   */
  @Nullable Turn take(Demand demand) {
    Turn head = first;
    if (head == null || !demand.excludes(head.candidate.target())) {
      return head == null ? null : take();
    }
    for (Turn turn = head.next; turn != head; turn = turn.next) {
      if (!demand.excludes(turn.candidate.target())) {
        unlink(turn);
        insertBefore(head, turn);
        return had(turn);
      }
    }
    return null;
  }

  /** A ring that was passed over is owed one turn, not all that it would have had meanwhile. */
  void limitDebt(long now) {
    if (now - due > step) {
      due = now - step;
    }
  }

  private Turn had(Turn turn) {
    turn.had(due, interval());
    due += step;
    remainders += remainder;
    if (remainders >= turns) {
      remainders -= turns;
      due++;
    }
    return turn;
  }

  /** Spreads the turns anew, and keeps the part of the wait for the next one that has passed. */
  private void resize(int newSize, long now) {
    long turnsBefore = turns;
    size = newSize;
    turns = (long) weight * newSize;
    if (newSize == 0) {
      return;
    }
    step = ROUND / turns;
    remainder = ROUND % turns;
    remainders = 0;
    long wait = due - now;
    if (wait > 0) {
      // Never more than a step, so the product is about a round at the most. Less than a step, so
      // that the round from now on has all turns; more than nothing, so that who is next stays so.
      due = now + Math.max(1, Math.min(wait * turnsBefore / turns, step - 1));
    }
  }

  private static void insertBefore(Turn other, Turn turn) {
    turn.previous = other.previous;
    turn.next = other;
    other.previous.next = turn;
    other.previous = turn;
  }

  private static void unlink(Turn turn) {
    turn.previous.next = turn.next;
    turn.next.previous = turn.previous;
    turn.previous = turn;
    turn.next = turn;
  }
}
