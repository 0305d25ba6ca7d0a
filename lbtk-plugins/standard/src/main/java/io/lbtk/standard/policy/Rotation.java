package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import java.util.function.Function;

/**
 * Candidates in the order of their turns, round and round: a ring of {@link Chunk stretches}, and
 * where in it the next turn is. A change takes constant time, and the others keep their order.
 */
final class Rotation {

  /**
   * Two neighbours that have no more than this between them become one, as do an empty one and any.
   */
  private static final int SPARSE = Chunk.CAPACITY / 2;

  private final Function<Candidate, Entry> turns;
  private Chunk stretch;
  private int index;
  private int size;

  Rotation(Function<Candidate, Entry> turns) {
    this.turns = turns;
    this.stretch = new Chunk(turns);
  }

  int size() {
    return size;
  }

  /** Takes the next turn. Only if there is one. */
  Candidate take(long now, long interval) {
    Candidate candidate = stretch.candidates[index];
    // The next turn is due an interval later, less what this one was late: so one that was late
    // when it left, and comes back, does not lose anything.
    long late = Math.max(0, Math.min(now - stretch.due[index], interval));
    stretch.due[index] = now + interval - late;
    if (++index == stretch.size) {
      stretch = stretch.next;
      index = 0;
    }
    return candidate;
  }

  /**
   * Lets the first one that the demand does not exclude have the next turn; those before it keep
   * theirs.
   *
   * @return whether there is one
   */
  boolean bringUp(Demand demand) {
    Chunk at = stretch;
    int i = index;
    for (int left = size; left > 0; left--) {
      Candidate candidate = at.candidates[i];
      if (!demand.excludes(candidate.target())) {
        if (left < size) {
          Entry turn = turns.apply(candidate);
          addFirst(turn, remove(turn));
        }
        return true;
      }
      if (++i == at.size) {
        at = at.next;
        i = 0;
      }
    }
    return false;
  }

  /** Puts a turn where it comes after all others. */
  void addLast(Entry turn, long due) {
    if (index == 0) {
      insert(stretch.previous, stretch.previous.size, turn, due);
    } else {
      insert(stretch, index, turn, due);
    }
  }

  /** Puts a turn right behind the next one. Only if there is a next one. */
  void addSecond(Entry turn, long due) {
    insert(stretch, index + 1, turn, due);
  }

  private void addFirst(Entry turn, long due) {
    addLast(turn, due);
    // The one before the next turn, which is the last one, becomes the next.
    if (--index < 0) {
      stretch = stretch.previous;
      index = stretch.size - 1;
    }
  }

  private void insert(Chunk to, int at, Entry turn, long due) {
    boolean shiftsNext = to == stretch && at <= index && size > 0;
    size++;
    if (!to.isFull()) {
      to.add(at, turn.candidate, due);
      index += shiftsNext ? 1 : 0;
      return;
    }
    Chunk rest = new Chunk(turns);
    rest.linkAfter(to);
    to.moveTail(at, rest);
    if (shiftsNext) {
      stretch = rest;
      index -= at;
    }
    if (to.isFull()) {
      rest.add(0, turn.candidate, due);
    } else {
      to.add(at, turn.candidate, due);
    }
  }

  /**
   * Takes a turn out.
   *
   * @return when it was due
   */
  long remove(Entry turn) {
    Chunk from = turn.stretch;
    if (from == null) {
      throw new IllegalStateException("%s has no turn".formatted(turn.candidate.target()));
    }
    int at = from.indexOf(turn.candidate);
    long due = from.due[at];
    from.remove(at);
    turn.stretch = null;
    size--;
    if (from == stretch) {
      index -= at < index ? 1 : 0;
      if (index == from.size) {
        stretch = from.next;
        index = 0;
      }
    }
    mergeWithNext(from);
    mergeWithNext(from.previous);
    return due;
  }

  private void mergeWithNext(Chunk sparse) {
    Chunk next = sparse.next;
    boolean empty = sparse.size == 0 || next.size == 0;
    if (next == sparse || (!empty && sparse.size + next.size > SPARSE)) {
      return;
    }
    if (next == stretch) {
      stretch = sparse;
      index += sparse.size;
    }
    next.moveTail(0, sparse);
    next.unlink();
  }
}
