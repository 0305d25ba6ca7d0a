package io.lbtk.testkit;

import io.lbtk.api.Candidate;
import io.lbtk.api.Target;
import org.jspecify.annotations.Nullable;

/**
 * A candidate for tests of policies, which counts how often it was looked at. Most tests have it
 * made by {@link TestCandidates}.
 *
 * <p>Not thread-safe, as a policy needs it not to be.
 */
public final class TestCandidate implements Candidate {

  private Target target;
  private int live;
  private boolean suspended;
  private long reads;
  private @Nullable Object attachment;
  private @Nullable TestCandidates table;

  /** A candidate of this target, with no live token. */
  public TestCandidate(Target target) {
    this.target = target;
  }

  @Override
  public Target target() {
    reads++;
    return target;
  }

  @Override
  public int live() {
    reads++;
    return live;
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void attach(@Nullable Object state) {
    attachment = state;
  }

  /** By identity, as the contract of a candidate says; counted, so that a search is noticed. */
  @Override
  public boolean equals(@Nullable Object other) {
    reads++;
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /** Returns the number of calls of {@link #target()}, {@link #live()} and {@link #equals}. */
  public long reads() {
    return reads;
  }

  /** The identity of the target; not counted by {@link #reads()}. */
  public String hostPort() {
    return target.hostPort();
  }

  /** The weight of the target; not counted by {@link #reads()}. */
  public int weight() {
    return target.weight();
  }

  /** The target; not counted by {@link #reads()}. */
  Target peek() {
    return target;
  }

  /** Puts another target in place. The policy is to be told. */
  public void target(Target target) {
    this.target = target;
  }

  /** Sets how many tokens are live. */
  public void live(int live) {
    this.live = live;
  }

  /** Returns the number of live tokens; not counted by {@link #reads()}. */
  int peekLive() {
    return live;
  }

  /** Returns whether the test suspended it. */
  public boolean suspended() {
    return suspended;
  }

  /** The table in which it stands, if it does. */
  @Nullable TestCandidates table() {
    return table;
  }

  void table(@Nullable TestCandidates table) {
    this.table = table;
  }

  void suspended(boolean suspended) {
    this.suspended = suspended;
  }

  @Override
  public String toString() {
    return target.toString();
  }
}
