package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import java.util.Arrays;
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

  private final Function<Candidate, RoundRobin.Entry> entries;
  private Chunk chunk;
  private int index;
  private int size;

  Rotation(Function<Candidate, RoundRobin.Entry> entries) {
    this.entries = entries;
    this.chunk = new Chunk(entries);
  }

  int size() {
    return size;
  }

  /** Returns the next candidate and advances. The rotation must not be empty. */
  Candidate take(long now, long interval) {
    Candidate candidate = chunk.candidates[index];
    // The next pick is due one interval later, less the delay of this one, so that a candidate
    // that was late when it was removed loses nothing when it comes back.
    long late = Math.max(0, Math.min(now - chunk.due[index], interval));
    chunk.due[index] = now + interval - late;
    if (++index == chunk.size) {
      chunk = chunk.next;
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
    Chunk at = chunk;
    int i = index;
    for (int left = size; left > 0; left--) {
      Candidate candidate = at.candidates[i];
      if (!demand.excludes(candidate.target())) {
        if (left < size) {
          RoundRobin.Entry entry = entries.apply(candidate);
          addFirst(entry, remove(entry));
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
  void addLast(RoundRobin.Entry entry, long due) {
    if (index == 0) {
      insert(chunk.previous, chunk.previous.size, entry, due);
    } else {
      insert(chunk, index, entry, due);
    }
  }

  /** Adds an entry right after the next one. The rotation must not be empty. */
  void addSecond(RoundRobin.Entry entry, long due) {
    insert(chunk, index + 1, entry, due);
  }

  private void addFirst(RoundRobin.Entry entry, long due) {
    addLast(entry, due);
    // Step the cursor back: the entry before it, which is the last one, becomes the next.
    if (--index < 0) {
      chunk = chunk.previous;
      index = chunk.size - 1;
    }
  }

  private void insert(Chunk to, int at, RoundRobin.Entry entry, long due) {
    boolean shiftsNext = to == chunk && at <= index && size > 0;
    size++;
    if (!to.isFull()) {
      to.add(at, entry.candidate, due);
      index += shiftsNext ? 1 : 0;
      return;
    }
    Chunk rest = new Chunk(entries);
    rest.linkAfter(to);
    to.moveTail(at, rest);
    if (shiftsNext) {
      chunk = rest;
      index -= at;
    }
    if (to.isFull()) {
      rest.add(0, entry.candidate, due);
    } else {
      to.add(at, entry.candidate, due);
    }
  }

  /**
   * Removes an entry.
   *
   * @return the time at which it was due
   */
  long remove(RoundRobin.Entry entry) {
    Chunk from = entry.chunk;
    if (from == null) {
      throw new IllegalStateException(
          "%s is not in the rotation".formatted(entry.candidate.target()));
    }
    int at = from.indexOf(entry.candidate);
    long due = from.due[at];
    from.remove(at);
    entry.chunk = null;
    size--;
    if (from == chunk) {
      index -= at < index ? 1 : 0;
      if (index == from.size) {
        chunk = from.next;
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
    if (next == chunk) {
      chunk = sparse;
      index += sparse.size;
    }
    next.moveTail(0, sparse);
    next.unlink();
  }

  /**
   * A segment of a {@link Rotation}: an array of candidates in rotation order. Candidates lie side
   * by side in memory, so that a pick does not follow a pointer to each next one; with a million
   * candidates those cache misses would dominate.
   */
  static final class Chunk {

    static final int CAPACITY = 64;

    /** Initial capacity: most weights have a single candidate or nearly all of them. */
    private static final int FIRST_CAPACITY = 4;

    private final Function<Candidate, RoundRobin.Entry> entries;

    Candidate[] candidates = new Candidate[FIRST_CAPACITY];

    /** Time at which each candidate is due. */
    long[] due = new long[FIRST_CAPACITY];

    int size;

    /** Neighbours in the rotation; this chunk itself if it is the only one. */
    Chunk previous = this;

    Chunk next = this;

    Chunk(Function<Candidate, RoundRobin.Entry> entries) {
      this.entries = entries;
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
      entries.apply(candidate).chunk = this;
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
        entries.apply(candidates[i]).chunk = to;
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
}
