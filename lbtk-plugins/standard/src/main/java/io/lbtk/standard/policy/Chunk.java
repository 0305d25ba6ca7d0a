package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A segment of a {@link Rotation}: an array of candidates in rotation order. Candidates lie side by
 * side in memory, so that a pick does not follow a pointer to each next one; with a million
 * candidates those cache misses would dominate.
 */
final class Chunk {

  static final int CAPACITY = 64;

  /** Initial capacity: most weights have a single candidate or nearly all of them. */
  private static final int FIRST_CAPACITY = 4;

  private final Function<Candidate, Entry> turns;

  Candidate[] candidates = new Candidate[FIRST_CAPACITY];

  /** Time at which each candidate is due. */
  long[] due = new long[FIRST_CAPACITY];

  int size;

  /** Neighbours in the rotation; this chunk itself if it is the only one. */
  Chunk previous = this;

  Chunk next = this;

  Chunk(Function<Candidate, Entry> turns) {
    this.turns = turns;
  }

  boolean isFull() {
    return size == CAPACITY;
  }

  void add(int index, Candidate candidate, long dueThen) {
    makeRoom(1);
    System.arraycopy(candidates, index, candidates, index + 1, size - index);
    System.arraycopy(due, index, due, index + 1, size - index);
    candidates[index] = candidate;
    due[index] = dueThen;
    size++;
    turns.apply(candidate).stretch = this;
  }

  void remove(int index) {
    size--;
    System.arraycopy(candidates, index + 1, candidates, index, size - index);
    System.arraycopy(due, index + 1, due, index, size - index);
    candidates[size] = null;
  }

  int indexOf(Candidate candidate) {
    int index = 0;
    while (candidates[index] != candidate) {
      index++;
    }
    return index;
  }

  /** Moves the candidates from this index on to the end of another chunk. */
  void moveTail(int from, Chunk to) {
    int moved = size - from;
    to.makeRoom(moved);
    System.arraycopy(candidates, from, to.candidates, to.size, moved);
    System.arraycopy(due, from, to.due, to.size, moved);
    for (int i = from; i < size; i++) {
      turns.apply(candidates[i]).stretch = to;
      candidates[i] = null;
    }
    to.size += moved;
    size = from;
  }

  private void makeRoom(int more) {
    if (size + more > candidates.length) {
      int capacity = Math.min(CAPACITY, Math.max(size + more, 2 * candidates.length));
      candidates = Arrays.copyOf(candidates, capacity);
      due = Arrays.copyOf(due, capacity);
    }
  }

  void linkAfter(Chunk other) {
    previous = other;
    next = other.next;
    next.previous = this;
    other.next = this;
  }

  void unlink() {
    previous.next = next;
    next.previous = previous;
  }
}
