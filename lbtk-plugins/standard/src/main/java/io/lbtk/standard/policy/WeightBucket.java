package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Candidates of similar weight: more than half of the bucket's bound, and at most the bound. Each
 * has as many cells as the bound, of which as many count as its weight. So choosing a random cell
 * until it counts selects each candidate in proportion to its weight, in fewer than two tries on
 * average.
 *
 * <p>Stored in pages: copying an array of a million elements would take longer than a change may.
 */
final class WeightBucket {

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
  void add(Slot lot, int weight) {
    int page = size >>> PAGE_BITS;
    if ((size & PAGE_MASK) == 0) {
      openPage(page);
    }
    lot.urn = this;
    put(size++, lot.candidate, lot, weight);
  }

  /** Removes a slot and moves the last one into its place. */
  void remove(Slot lot) {
    int last = --size;
    int page = last >>> PAGE_BITS;
    int offset = last & PAGE_MASK;
    Candidate moved = candidates[page][offset];
    put(lot.index, moved, Slot.of(moved), weights[page][offset]);
    lot.urn = null;
    closePage(page, offset);
  }

  private void put(int index, Candidate candidate, Slot lot, int weight) {
    candidates[index >>> PAGE_BITS][index & PAGE_MASK] = candidate;
    weights[index >>> PAGE_BITS][index & PAGE_MASK] = (char) weight;
    lot.index = index;
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

  /** Clears the freed position, and drops the page after an empty one: one spare page is enough. */
  private void closePage(int page, int offset) {
    candidates[page][offset] = null;
    if (offset == 0 && page + 1 < candidates.length) {
      candidates[page + 1] = null;
      weights[page + 1] = null;
    }
  }
}
