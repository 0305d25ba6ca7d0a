package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A priority queue of the {@link WeightClass weight classes} that have candidates, by the time when
 * each is next due, with a virtual clock that stands at the time of the last pick.
 *
 * <p>The clock counts in rounds of {@link WeightClass#ROUND} and wraps around, like {@link
 * System#nanoTime()}: two times are compared by their difference. All due times lie within about
 * two rounds.
 */
final class DueQueue {

  /** Weight classes, indexed by weight. */
  private @Nullable WeightClass[] rings = new WeightClass[4];

  /**
   * A binary heap of the weights of all non-empty classes. It holds ints, since a pick moves
   * several elements and each moved reference would cost a write barrier.
   */
  private int[] heap = new int[4];

  private final Function<Candidate, Entry> turns;
  private int size;
  private long latest;

  /**
   * Creates an empty queue.
   *
   * @param turns returns the entry of a candidate in this queue
   */
  DueQueue(Function<Candidate, Entry> turns) {
    this.turns = turns;
  }

  /** Adds an entry to the class of its weight; does nothing for weight 0. */
  void enter(Entry turn) {
    int weight = turn.candidate.target().weight();
    if (weight == 0) {
      return;
    }
    long now = now();
    if (weight >= rings.length) {
      rings = Arrays.copyOf(rings, 2 * Integer.highestOneBit(weight));
    }
    WeightClass ring = rings[weight];
    if (ring == null) {
      ring = new WeightClass(weight, turns);
      rings[weight] = ring;
      ring.add(turn, now);
      push(ring);
    } else {
      ring.add(turn, now);
      moved(ring);
    }
  }

  /** Removes an entry, if it is in a class. */
  void leave(Entry turn) {
    WeightClass ring = turn.ring;
    if (ring == null) {
      return;
    }
    ring.remove(turn, now());
    if (ring.isEmpty()) {
      remove(ring);
      rings[ring.weight] = null;
    } else {
      moved(ring);
    }
  }

  /** Returns the next candidate and advances; null if there is none. */
  @Nullable Candidate take() {
    if (size == 0) {
      return null;
    }
    WeightClass ring = ringAt(0);
    proceed(ring.due);
    Candidate candidate = ring.take();
    siftDown(0, ring);
    return candidate;
  }

  /**
   * Returns the next candidate that the demand does not exclude, and advances; null if there is
   * none.
   */
  @Nullable Candidate take(Demand demand) {
    Candidate candidate = null;
    List<WeightClass> passed = new ArrayList<>();
    while (candidate == null && size > 0) {
      WeightClass ring = ringAt(0);
      long due = ring.due;
      candidate = ring.take(demand);
      if (candidate == null) {
        remove(ring);
        passed.add(ring);
      } else {
        proceed(due);
        siftDown(0, ring);
      }
    }
    for (WeightClass ring : passed) {
      ring.limitDebt(latest);
      push(ring);
    }
    return candidate;
  }

  private void proceed(long due) {
    if (due - latest > 0) {
      latest = due;
    }
  }

  /**
   * Returns the reference time for due times: that of the next pick. Entries that are added or
   * changed are due after it, so the next candidate remains next.
   */
  private long now() {
    return size > 0 && ringAt(0).due - latest > 0 ? ringAt(0).due : latest;
  }

  private WeightClass ringAt(int position) {
    return Objects.requireNonNull(rings[heap[position]]);
  }

  private void push(WeightClass ring) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    siftUp(size++, ring);
  }

  private void remove(WeightClass ring) {
    WeightClass last = ringAt(--size);
    if (last != ring) {
      put(ring.position, last);
      moved(last);
    }
  }

  private void moved(WeightClass ring) {
    siftUp(ring.position, ring);
    siftDown(ring.position, ring);
  }

  private void siftUp(int from, WeightClass ring) {
    int position = from;
    while (position > 0) {
      WeightClass parent = ringAt((position - 1) >>> 1);
      if (!isBefore(ring, parent)) {
        break;
      }
      put(position, parent);
      position = (position - 1) >>> 1;
    }
    put(position, ring);
  }

  private void siftDown(int from, WeightClass ring) {
    int position = from;
    int child;
    while ((child = 2 * position + 1) < size) {
      if (child + 1 < size) {
        // Branch-free, by the sign of the difference: a branch would be unpredictable.
        child += (int) (difference(ringAt(child + 1), ringAt(child)) >>> 63);
      }
      WeightClass first = ringAt(child);
      if (!isBefore(first, ring)) {
        break;
      }
      put(position, first);
      position = child;
    }
    put(position, ring);
  }

  private void put(int position, WeightClass ring) {
    heap[position] = ring.weight;
    ring.position = position;
  }

  private static boolean isBefore(WeightClass ring, WeightClass other) {
    return difference(ring, other) < 0;
  }

  /**
   * Returns a negative number if the first class comes first. Of two that are due at the same time
   * the heavier one always comes first, so that all rounds are alike.
   */
  private static long difference(WeightClass ring, WeightClass other) {
    long difference = ring.due - other.due;
    return difference != 0 ? difference : other.weight - ring.weight;
  }
}
