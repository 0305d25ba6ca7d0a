package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import java.util.function.Function;

/**
 * A circular list of candidates with a cursor at the next one, stored in {@link Chunk chunks}. A
 * change takes constant time and keeps the order of the other candidates.
 */
final class Rotation {

  /**
   * Largest total size at which two neighbouring chunks are merged; an empty chunk is always
   * merged.
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

  /** Returns the next candidate and advances. The rotation must not be empty. */
  Candidate take(long now, long interval) {
    Candidate candidate = stretch.candidates[index];
    // The next pick is due one interval later, less the delay of this one, so that a candidate
    // that was late when it was removed loses nothing when it comes back.
    long late = Math.max(0, Math.min(now - stretch.due[index], interval));
    stretch.due[index] = now + interval - late;
    if (++index == stretch.size) {
      stretch = stretch.next;
      index = 0;
    }
    return candidate;
  }

  /**
   * Moves the first candidate that the demand does not exclude to the cursor; the candidates before
   * it keep their order.
   *
   * @return false if the demand excludes all
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

  /** Adds an entry at the end of the rotation. */
  void addLast(Entry turn, long due) {
    if (index == 0) {
      insert(stretch.previous, stretch.previous.size, turn, due);
    } else {
      insert(stretch, index, turn, due);
    }
  }

  /** Adds an entry right after the next one. The rotation must not be empty. */
  void addSecond(Entry turn, long due) {
    insert(stretch, index + 1, turn, due);
  }

  private void addFirst(Entry turn, long due) {
    addLast(turn, due);
    // Step the cursor back: the entry before it, which is the last one, becomes the next.
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
   * Removes an entry.
   *
   * @return the time at which it was due
   */
  long remove(Entry turn) {
    Chunk from = turn.stretch;
    if (from == null) {
      throw new IllegalStateException(
          "%s is not in the rotation".formatted(turn.candidate.target()));
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
