package io.lbtk.benchmarks;

import io.lbtk.api.Candidate;
import io.lbtk.api.Target;
import org.jspecify.annotations.Nullable;

/** A candidate as the table of a generator has it: a target, its count, what the policy keeps. */
final class BenchmarkCandidate implements Candidate {

  private Target target;
  private int live;
  private @Nullable Object attachment;

  BenchmarkCandidate(Target target) {
    this.target = target;
  }

  @Override
  public Target target() {
    return target;
  }

  void target(Target newTarget) {
    target = newTarget;
  }

  @Override
  public int live() {
    return live;
  }

  /** Counts a token, as the generator does with each pick. */
  void take() {
    live++;
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void attach(@Nullable Object state) {
    attachment = state;
  }
}
