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
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks a target at random, with a probability proportional to its weight, independently of earlier
 * picks.
 *
 * <p>Candidates of similar weight share a {@link WeightBucket}; there are as many buckets as a
 * weight has bits. A draw picks one of the cells of all buckets at random, which yields a candidate
 * more often than not, and is repeated until it does. So a pick takes constant time on average, a
 * change takes constant time, and the probabilities are exact.
 */
public final class RandomPolicy implements Policy {

  private final Supplier<RandomGenerator> generators;
  private final RandomGenerator random;
  private final WeightBucket[] buckets =
      new WeightBucket[WeightBucket.boundBits(Target.MAX_WEIGHT) + 1];
  private long cells;

  /**
   * Creates a policy without candidates.
   *
   * @param generators creates the source of random numbers of each instance
   */
  RandomPolicy(Supplier<RandomGenerator> generators) {
    this.generators = generators;
    this.random = generators.get();
    for (int boundBits = 0; boundBits < buckets.length; boundBits++) {
      buckets[boundBits] = new WeightBucket(boundBits);
    }
  }

  /** Creates a policy without candidates. */
  public static RandomPolicy create() {
    return new RandomPolicy(SplittableRandom::new);
  }

  @Override
  public Policy newInstance() {
    return new RandomPolicy(generators);
  }

  @Override
  public void added(Candidate candidate) {
    Slot slot = new Slot(candidate);
    candidate.attach(slot);
    putIn(slot);
  }

  @Override
  public void changed(Candidate candidate, Target before) {
    if (candidate.target().weight() != before.weight()) {
      Slot slot = Slot.of(candidate);
      takeOut(slot);
      putIn(slot);
    }
  }

  @Override
  public void removed(Candidate candidate) {
    takeOut(Slot.of(candidate));
    candidate.attach(null);
  }

  @Override
  public void suspended(Candidate candidate) {
    Slot slot = Slot.of(candidate);
    slot.suspended = true;
    takeOut(slot);
  }

  @Override
  public void resumed(Candidate candidate) {
    Slot slot = Slot.of(candidate);
    slot.suspended = false;
    putIn(slot);
  }

  @Override
  public @Nullable Candidate pick(Demand demand) {
    return demand.excluded().isEmpty() ? draw() : drawAround(demand);
  }

  private @Nullable Candidate draw() {
    Candidate drawn = null;
    while (drawn == null && cells > 0) {
      drawn = at(random.nextLong(cells));
    }
    return drawn;
  }

  private @Nullable Candidate at(long cell) {
    long left = cell;
    int i = 0;
    while (left >= buckets[i].cells()) {
      left -= buckets[i++].cells();
    }
    return buckets[i].at(left);
  }

  /**
   * Draws until it finds a candidate that the demand does not exclude. Excluded candidates are
   * taken out meanwhile: they may have nearly all of the weight, and would be drawn again and
   * again.
   */
  private @Nullable Candidate drawAround(Demand demand) {
    List<Slot> aside = new ArrayList<>();
    Candidate drawn = draw();
    while (drawn != null && demand.excludes(drawn.target())) {
      Slot slot = Slot.of(drawn);
      takeOut(slot);
      aside.add(slot);
      drawn = draw();
    }
    aside.forEach(this::putIn);
    return drawn;
  }

  private void putIn(Slot slot) {
    int weight = slot.candidate.target().weight();
    if (weight == 0 || slot.suspended || slot.bucket != null) {
      return;
    }
    WeightBucket bucket = buckets[WeightBucket.boundBits(weight)];
    cells -= bucket.cells();
    bucket.add(slot, weight);
    cells += bucket.cells();
  }

  private void takeOut(Slot slot) {
    WeightBucket bucket = slot.bucket;
    if (bucket != null) {
      cells -= bucket.cells();
      bucket.remove(slot);
      cells += bucket.cells();
    }
  }

  /** Creates a {@link RandomPolicy}: {@code random}. */
  @AutoService(PolicyProvider.class)
  public static final class Provider implements PolicyProvider {

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

    @Override
    public String name() {
      return "random";
    }

    @Override
    public List<Option<?>> options() {
      return List.of();
    }

    @Override
    public String doc() {
      return "Any target, with a probability proportional to its weight.";
    }

    @Override
    public Policy create(Settings settings, Context context) {
      return RandomPolicy.create();
    }
  }

  /**
   * Candidates of similar weight: more than half of the bucket's bound, and at most the bound. Each
   * has as many cells as the bound, of which as many count as its weight. So choosing a random cell
   * until it counts selects each candidate in proportion to its weight, in fewer than two tries on
   * average.
   *
   * <p>Stored in pages: copying an array of a million elements would take longer than a change may.
   */
  static final class WeightBucket {

    private static final int PAGE_BITS = 12;
    private static final int PAGE_SIZE = 1 << PAGE_BITS;
    private static final int PAGE_MASK = PAGE_SIZE - 1;

    private final int boundBits;
    private Candidate[][] candidates = new Candidate[1][];
    private char[][] weights = new char[1][];
    private int size;

    /** Creates a bucket for weights up to 2 to the power of {@code boundBits}. */
    WeightBucket(int boundBits) {
      this.boundBits = boundBits;
    }

    /** Returns the number of bits of the bound of this weight's bucket. */
    static int boundBits(int weight) {
      return Integer.SIZE - Integer.numberOfLeadingZeros(weight - 1);
    }

    /** Returns the number of cells, including those that do not count. */
    long cells() {
      return (long) size << boundBits;
    }

    /** Returns the candidate of a cell; null if the cell does not count. */
    @Nullable Candidate at(long cell) {
      int index = (int) (cell >>> boundBits);
      int page = index >>> PAGE_BITS;
      int offset = index & PAGE_MASK;
      long counted = cell & ((1L << boundBits) - 1);
      return counted < weights[page][offset] ? candidates[page][offset] : null;
    }

    /** Adds a slot. */
    void add(Slot slot, int weight) {
      int page = size >>> PAGE_BITS;
      if ((size & PAGE_MASK) == 0) {
        openPage(page);
      }
      slot.bucket = this;
      put(size++, slot.candidate, slot, weight);
    }

    /** Removes a slot and moves the last one into its place. */
    void remove(Slot slot) {
      int last = --size;
      int page = last >>> PAGE_BITS;
      int offset = last & PAGE_MASK;
      Candidate moved = candidates[page][offset];
      put(slot.index, moved, Slot.of(moved), weights[page][offset]);
      slot.bucket = null;
      closePage(page, offset);
    }

    private void put(int index, Candidate candidate, Slot slot, int weight) {
      candidates[index >>> PAGE_BITS][index & PAGE_MASK] = candidate;
      weights[index >>> PAGE_BITS][index & PAGE_MASK] = (char) weight;
      slot.index = index;
    }

    private void openPage(int page) {
      if (page == candidates.length) {
        candidates = Arrays.copyOf(candidates, 2 * page);
        weights = Arrays.copyOf(weights, 2 * page);
      }
      if (candidates[page] == null) {
        candidates[page] = new Candidate[PAGE_SIZE];
        weights[page] = new char[PAGE_SIZE];
      }
    }

    /**
     * Clears the freed position, and drops the page after an empty one: one spare page is enough.
     */
    private void closePage(int page, int offset) {
      candidates[page][offset] = null;
      if (offset == 0 && page + 1 < candidates.length) {
        candidates[page + 1] = null;
        weights[page + 1] = null;
      }
    }
  }

  /** Position of a candidate in the buckets of {@link RandomPolicy}. */
  static final class Slot {

    final Candidate candidate;

    boolean suspended;

    /** The bucket that holds it; null while it cannot be picked. */
    @Nullable WeightBucket bucket;

    /** Index in the bucket. */
    int index;

    Slot(Candidate candidate) {
      this.candidate = candidate;
    }

    /** Returns the slot of an added candidate. */
    static Slot of(Candidate candidate) {
      if (candidate.attachment() instanceof Slot slot) {
        return slot;
      }
      throw new IllegalStateException(
          "%s was never added".formatted(candidate.target().hostPort()));
    }
  }
}
