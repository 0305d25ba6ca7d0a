package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import java.util.ArrayList;
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
  private final WeightBucket[] urns =
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
    for (int boundBits = 0; boundBits < urns.length; boundBits++) {
      urns[boundBits] = new WeightBucket(boundBits);
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
    Slot lot = new Slot(candidate);
    candidate.attach(lot);
    putIn(lot);
  }

  @Override
  public void changed(Candidate candidate, Target before) {
    if (candidate.target().weight() != before.weight()) {
      Slot lot = Slot.of(candidate);
      takeOut(lot);
      putIn(lot);
    }
  }

  @Override
  public void removed(Candidate candidate) {
    takeOut(Slot.of(candidate));
    candidate.attach(null);
  }

  @Override
  public void suspended(Candidate candidate) {
    Slot lot = Slot.of(candidate);
    lot.suspended = true;
    takeOut(lot);
  }

  @Override
  public void resumed(Candidate candidate) {
    Slot lot = Slot.of(candidate);
    lot.suspended = false;
    putIn(lot);
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
    while (left >= urns[i].cells()) {
      left -= urns[i++].cells();
    }
    return urns[i].at(left);
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
      Slot lot = Slot.of(drawn);
      takeOut(lot);
      aside.add(lot);
      drawn = draw();
    }
    aside.forEach(this::putIn);
    return drawn;
  }

  private void putIn(Slot lot) {
    int weight = lot.candidate.target().weight();
    if (weight == 0 || lot.suspended || lot.urn != null) {
      return;
    }
    WeightBucket urn = urns[WeightBucket.boundBits(weight)];
    cells -= urn.cells();
    urn.add(lot, weight);
    cells += urn.cells();
  }

  private void takeOut(Slot lot) {
    WeightBucket urn = lot.urn;
    if (urn != null) {
      cells -= urn.cells();
      urn.remove(lot);
      cells += urn.cells();
    }
  }
}
