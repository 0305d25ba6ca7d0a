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
 * Says which {@link WeightClass} has the next turn: the one whose turn is due first. A heap of the
 * rings that are not empty, and a clock that stands where the last turn was due.
 *
 * <p>The clock counts in rounds of {@link WeightClass#ROUND} and wraps around, like {@link
 * System#nanoTime()}: two times are compared by their difference. Everything that is due is due
 * within a round or two.
 */
final class DueQueue {

  /** The rings, each at its weight. */
  private @Nullable WeightClass[] rings = new WeightClass[4];

  /**
   * The weights of the rings that are not empty. Numbers, since a pick moves several of them, and
   * the collector would want to know of each reference that moves.
   */
  private int[] heap = new int[4];

  private final Function<Candidate, Entry> turns;
  private int size;
  private long latest;

  /**
   * Creates a schedule without turns.
   *
   * @param turns returns the turn of a candidate in this schedule
   */
  DueQueue(Function<Candidate, Entry> turns) {
    this.turns = turns;
  }

  /** Gives a turn its place; it has none as long as its weight is 0. */
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

  /** Takes a turn out of its place, if it has one. */
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

  /** Takes the next turn; null if there is none. */
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

  /** Takes the next turn of one that the demand does not exclude; null if there is none. */
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
   * What waits are counted from: the next turn. Whatever comes or changes is due after it, so that
   * who is next stays next.
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
        // Without a branch, since nothing could predict it: the sign of the difference.
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
   * Negative if the first one comes first. Of two that are due at once the heavier one does,
   * always, so that each round is alike.
   */
  private static long difference(WeightClass ring, WeightClass other) {
    long difference = ring.due - other.due;
    return difference != 0 ? difference : other.weight - ring.weight;
  }
}
