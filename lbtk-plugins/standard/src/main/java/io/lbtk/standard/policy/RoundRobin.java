package io.lbtk.standard.policy;

import com.google.auto.service.AutoService;
import io.lbtk.api.Candidate;
import io.lbtk.api.Context;
import io.lbtk.api.Demand;
import io.lbtk.api.Option;
import io.lbtk.api.Policy;
import io.lbtk.api.PolicyProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Picks each target in turn, as often as its weight, evenly spread.
 *
 * <p>From any change on, as many picks as the sum of all weights give each target exactly as many
 * as its weight: over n targets of equal weight, n picks hit each once. A change never restarts the
 * order: the next target remains next, a target that is added or resumed comes last in the rotation
 * that begins now, and the others keep their order.
 *
 * <p>Demands that exclude targets are served from a separate order, so that a retry never takes the
 * turn of another target in the order of first attempts. In that order a target that a demand
 * excludes keeps its turn for the next demand.
 *
 * <p>Targets of equal weight form a rotation; a heap tells which rotation is next. So picks and
 * changes take time logarithmic in the number of different weights, independent of the number of
 * targets.
 */
public final class RoundRobin implements Policy {

  private final DueQueue firstAttempts = new DueQueue(Entry::of);
  private final DueQueue retries = new DueQueue(candidate -> Entry.of(candidate).ofRetries());

  private RoundRobin() {}

  /** Creates a policy without candidates. */
  public static RoundRobin create() {
    return new RoundRobin();
  }

  @Override
  public Policy newInstance() {
    return create();
  }

  @Override
  public void added(Candidate candidate) {
    Entry entry = new Entry(candidate);
    candidate.attach(entry);
    enter(entry);
  }

  @Override
  public void changed(Candidate candidate, Target before) {
    Entry entry = Entry.of(candidate);
    if (candidate.target().weight() == before.weight()) {
      return;
    }
    leave(entry);
    enter(entry);
  }

  @Override
  public void removed(Candidate candidate) {
    leave(Entry.of(candidate));
    candidate.attach(null);
  }

  @Override
  public void suspended(Candidate candidate) {
    Entry entry = Entry.of(candidate);
    entry.suspended = true;
    leave(entry);
  }

  @Override
  public void resumed(Candidate candidate) {
    Entry entry = Entry.of(candidate);
    entry.suspended = false;
    enter(entry);
  }

  @Override
  public @Nullable Candidate pick(Demand demand) {
    return demand.excluded().isEmpty() ? firstAttempts.take() : retries.take(demand);
  }

  private void enter(Entry entry) {
    if (!entry.suspended && entry.weightClass == null) {
      firstAttempts.enter(entry);
      retries.enter(entry.ofRetries());
    }
  }

  private void leave(Entry entry) {
    firstAttempts.leave(entry);
    retries.leave(entry.ofRetries());
  }

  /** Creates a {@link RoundRobin}: {@code round-robin}. */
  @AutoService(PolicyProvider.class)
  public static final class Provider implements PolicyProvider {

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

    @Override
    public String name() {
      return "round-robin";
    }

    @Override
    public List<Option<?>> options() {
      return List.of();
    }

    @Override
    public String doc() {
      return "Each target in turn, as often as its weight.";
    }

    @Override
    public Policy create(Settings settings, Context context) {
      return RoundRobin.create();
    }
  }

  /**
   * A priority queue of the {@link WeightClass weight classes} that have candidates, by the time
   * when each is next due, with a virtual clock that stands at the time of the last pick.
   *
   * <p>The clock counts in rounds of {@link WeightClass#ROUND} and wraps around, like {@link
   * System#nanoTime()}: two times are compared by their difference. All due times lie within about
   * two rounds.
   */
  static final class DueQueue {

    /** Weight classes, indexed by weight. */
    private @Nullable WeightClass[] classes = new WeightClass[4];

    /**
     * A binary heap of the weights of all non-empty classes. It holds ints, since a pick moves
     * several elements and each moved reference would cost a write barrier.
     */
    private int[] heap = new int[4];

    private final Function<Candidate, Entry> entries;
    private int size;
    private long latest;

    /**
     * Creates an empty queue.
     *
     * @param entries returns the entry of a candidate in this queue
     */
    DueQueue(Function<Candidate, Entry> entries) {
      this.entries = entries;
    }

    /** Adds an entry to the class of its weight; does nothing for weight 0. */
    void enter(Entry entry) {
      int weight = entry.candidate.target().weight();
      if (weight == 0) {
        return;
      }
      long now = now();
      if (weight >= classes.length) {
        classes = Arrays.copyOf(classes, 2 * Integer.highestOneBit(weight));
      }
      WeightClass weightClass = classes[weight];
      if (weightClass == null) {
        weightClass = new WeightClass(weight, entries);
        classes[weight] = weightClass;
        weightClass.add(entry, now);
        push(weightClass);
      } else {
        weightClass.add(entry, now);
        moved(weightClass);
      }
    }

    /** Removes an entry, if it is in a class. */
    void leave(Entry entry) {
      WeightClass weightClass = entry.weightClass;
      if (weightClass == null) {
        return;
      }
      weightClass.remove(entry, now());
      if (weightClass.isEmpty()) {
        remove(weightClass);
        classes[weightClass.weight] = null;
      } else {
        moved(weightClass);
      }
    }

    /** Returns the next candidate and advances; null if there is none. */
    @Nullable Candidate take() {
      if (size == 0) {
        return null;
      }
      WeightClass weightClass = classAt(0);
      proceed(weightClass.due);
      Candidate candidate = weightClass.take();
      siftDown(0, weightClass);
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
        WeightClass weightClass = classAt(0);
        long due = weightClass.due;
        candidate = weightClass.take(demand);
        if (candidate == null) {
          remove(weightClass);
          passed.add(weightClass);
        } else {
          proceed(due);
          siftDown(0, weightClass);
        }
      }
      for (WeightClass weightClass : passed) {
        weightClass.limitDebt(latest);
        push(weightClass);
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
      return size > 0 && classAt(0).due - latest > 0 ? classAt(0).due : latest;
    }

    private WeightClass classAt(int position) {
      return Objects.requireNonNull(classes[heap[position]]);
    }

    private void push(WeightClass weightClass) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, 2 * size);
      }
      siftUp(size++, weightClass);
    }

    private void remove(WeightClass weightClass) {
      WeightClass last = classAt(--size);
      if (last != weightClass) {
        put(weightClass.position, last);
        moved(last);
      }
    }

    private void moved(WeightClass weightClass) {
      siftUp(weightClass.position, weightClass);
      siftDown(weightClass.position, weightClass);
    }

    private void siftUp(int from, WeightClass weightClass) {
      int position = from;
      while (position > 0) {
        WeightClass parent = classAt((position - 1) >>> 1);
        if (!isBefore(weightClass, parent)) {
          break;
        }
        put(position, parent);
        position = (position - 1) >>> 1;
      }
      put(position, weightClass);
    }

    private void siftDown(int from, WeightClass weightClass) {
      int position = from;
      int child;
      while ((child = 2 * position + 1) < size) {
        if (child + 1 < size) {
          // Branch-free, by the sign of the difference: a branch would be unpredictable.
          child += (int) (difference(classAt(child + 1), classAt(child)) >>> 63);
        }
        WeightClass first = classAt(child);
        if (!isBefore(first, weightClass)) {
          break;
        }
        put(position, first);
        position = child;
      }
      put(position, weightClass);
    }

    private void put(int position, WeightClass weightClass) {
      heap[position] = weightClass.weight;
      weightClass.position = position;
    }

    private static boolean isBefore(WeightClass weightClass, WeightClass other) {
      return difference(weightClass, other) < 0;
    }

    /**
     * Returns a negative number if the first class comes first. Of two that are due at the same
     * time the heavier one always comes first, so that all rounds are alike.
     */
    private static long difference(WeightClass weightClass, WeightClass other) {
      long difference = weightClass.due - other.due;
      return difference != 0 ? difference : other.weight - weightClass.weight;
    }
  }

  /**
   * The candidates of one weight, in rotation, and the time at which the next of them is due on the
   * clock of the {@link DueQueue}.
   *
   * <p>Each round of the clock has as many picks of this class as the sum of its weights, evenly
   * spread. The spacing is a whole number (a step, and one more whenever the remainders of the
   * division add up to one), so that the length of a round stays exact.
   *
   * <p>Besides its position each candidate has the time at which it would be due by its weight
   * alone. The position determines the order of picks. The time only determines where a candidate
   * is inserted when it comes back or changes its weight: usually last, but not if it is overdue.
   * Otherwise a candidate that changes more often than once per rotation would move to the end each
   * time, and never be picked.
   */
  static final class WeightClass {

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

    private long picks;
    private long step;
    private long remainder;
    private long remainders;

    WeightClass(int weight, Function<Candidate, Entry> entries) {
      this.weight = weight;
      this.rotation = new Rotation(entries);
      this.interval = ROUND / weight;
    }

    boolean isEmpty() {
      return rotation.size() == 0;
    }

    /** Adds an entry: after the next one if it is overdue, else at the end. */
    void add(Entry entry, long now) {
      long wait = entry.wait / weight;
      entry.weightClass = this;
      if (isEmpty()) {
        rotation.addLast(entry, now + wait);
        spread();
        due = later(now, wait);
        return;
      }
      if (wait > 0) {
        rotation.addLast(entry, now + wait);
      } else {
        rotation.addSecond(entry, now + wait);
      }
      spreadAnew(now);
    }

    /** Removes an entry; the order of the others is kept. */
    void remove(Entry entry, long now) {
      long wait = rotation.remove(entry) - now;
      entry.wait = Math.max(-interval, Math.min(wait, interval)) * weight;
      entry.weightClass = null;
      if (!isEmpty()) {
        spreadAnew(now);
      }
    }

    /** Returns the next candidate and advances. */
    Candidate take() {
      Candidate candidate = rotation.take(due, interval);
      due += step;
      remainders += remainder;
      if (remainders >= picks) {
        remainders -= picks;
        due++;
      }
      return candidate;
    }

    /**
     * Returns the next candidate that the demand does not exclude, and advances. The candidates
     * that are skipped keep their order.
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
      picks = (long) weight * rotation.size();
      step = ROUND / picks;
      remainder = ROUND % picks;
      remainders = 0;
    }

    /** Recomputes the spacing and scales the time until the next pick. */
    private void spreadAnew(long now) {
      long wait = due - now;
      long picksBefore = picks;
      spread();
      if (wait > 0) {
        // The wait was at most a step, so the product does not exceed a round by much.
        due = later(now, wait * picksBefore / picks);
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

  /**
   * State of a candidate in one of the two orders of {@link RoundRobin}. The entry in the order of
   * first attempts is attached to the candidate, and holds the entry in the order of retries.
   */
  static final class Entry {

    final Candidate candidate;

    boolean suspended;

    /** The class of its weight; null while it cannot be picked. */
    @Nullable WeightClass weightClass;

    /** The chunk that holds it; null while it cannot be picked. */
    Rotation.@Nullable Chunk chunk;

    /**
     * Time left until it is due, kept while it is in no class, as a fraction of the interval
     * between two picks, of which {@link WeightClass#ROUND} is the whole; so it fits any weight.
     * Negative if it is overdue.
     */
    long wait = WeightClass.ROUND;

    private final @Nullable Entry retries;

    /** Creates the entries of a new candidate in both orders, due after a whole interval. */
    Entry(Candidate candidate) {
      this(candidate, new Entry(candidate, null));
    }

    private Entry(Candidate candidate, @Nullable Entry retries) {
      this.candidate = candidate;
      this.retries = retries;
    }

    /** Returns the entry of the same candidate in the order of retries. */
    Entry ofRetries() {
      return Objects.requireNonNull(retries, "retries");
    }

    /** Returns the entry of an added candidate in the order of first attempts. */
    static Entry of(Candidate candidate) {
      if (candidate.attachment() instanceof Entry entry) {
        return entry;
      }
      throw new IllegalStateException(
          "%s was never added".formatted(candidate.target().hostPort()));
    }
  }
}
