package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Candidates whose weights are alike: more than half of the urn's bound, and no more than it. Each
 * has as many cells as the bound, of which its weight says how many count; so one that hits a cell
 * at random, and tries again if the cell does not count, finds each candidate by its weight, and
 * needs fewer than two tries on average.
 *
 * <p>Kept in pages, since to copy an array of a million takes longer than a change may.
 */
final class WeightBucket {

  private static final int PAGE_BITS = 12;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;
  private static final int PAGE_MASK = PAGE_SIZE - 1;

  private final int boundBits;
  private Candidate[][] candidates = new Candidate[1][];
  private char[][] weights = new char[1][];
  private int size;

  /** An urn for weights up to 2 to the power of {@code boundBits}. */
  WeightBucket(int boundBits) {
    this.boundBits = boundBits;
  }

  /** The urn of a weight, by the number of bits of its bound. */
  static int boundBits(int weight) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(weight - 1);
  }

  /** All cells, whether they count or not. */
  long cells() {
    return (long) size << boundBits;
  }

  /** The candidate that has the cell; null if the cell does not count. */
  @Nullable Candidate at(long cell) {
    int index = (int) (cell >>> boundBits);
    int page = index >>> PAGE_BITS;
    int offset = index & PAGE_MASK;
    long counted = cell & ((1L << boundBits) - 1);
    return counted < weights[page][offset] ? candidates[page][offset] : null;
  }

  /** Puts a lot in. */
  void add(Slot lot, int weight) {
    int page = size >>> PAGE_BITS;
    if ((size & PAGE_MASK) == 0) {
      openPage(page);
    }
    lot.urn = this;
    put(size++, lot.candidate, lot, weight);
  }

  /** Takes a lot out; the last one comes in its place. */
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

  /** Forgets what has left, and the page behind an empty one: one to spare is enough. */
  private void closePage(int page, int offset) {
    candidates[page][offset] = null;
    if (offset == 0 && page + 1 < candidates.length) {
      candidates[page + 1] = null;
      weights[page + 1] = null;
    }
  }
}
