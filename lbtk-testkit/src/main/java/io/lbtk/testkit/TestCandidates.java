package io.lbtk.testkit;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table of candidates around one policy: tells it of every change in the order that a generator
 * keeps to, and checks each pick.
 *
 * <pre>{@code
 * TestCandidates table = new TestCandidates(policy);
 * table.add("10.0.0.1:80 weight=2");
 * table.add("10.0.0.2:80");
 * assertThat(table.pick(3)).containsExactly("10.0.0.1:80", "10.0.0.2:80", "10.0.0.1:80");
 * }</pre>
 *
 * <p>Not thread-safe, as a policy needs it not to be.
 */
public final class TestCandidates {

  private final Policy policy;
  private final Map<String, TestCandidate> candidates = new LinkedHashMap<>();
  private long readsOfRemoved;

  /** A table without candidates. */
  public TestCandidates(Policy policy) {
    this.policy = policy;
  }

  /** Adds a target, as {@link Target#parse} reads it. */
  public TestCandidate add(String target) {
    return add(Target.parse(target));
  }

  /**
   * Adds a target.
   *
   * @throws IllegalArgumentException if it is there already
   */
  public TestCandidate add(Target target) {
    TestCandidate candidate = new TestCandidate(target);
    if (candidates.putIfAbsent(target.hostPort(), candidate) != null) {
      throw new IllegalArgumentException(target.hostPort() + " is in the table already");
    }
    candidate.table(this);
    policy.added(candidate);
    return candidate;
  }

  /** Puts another target of the same {@code host:port} in the place of one. */
  public void change(String target) {
    change(Target.parse(target));
  }

  /** Puts another target of the same {@code host:port} in the place of one. */
  public void change(Target target) {
    TestCandidate candidate = get(target.hostPort());
    Target before = candidate.peek();
    candidate.target(target);
    policy.changed(candidate, before);
  }

  /** Removes a target. */
  public void remove(String hostPort) {
    TestCandidate candidate = get(hostPort);
    candidates.remove(hostPort);
    candidate.table(null);
    policy.removed(candidate);
    readsOfRemoved += candidate.reads();
  }

  /** Suspends a target; nothing happens if it is suspended. */
  public void suspend(String hostPort) {
    TestCandidate candidate = get(hostPort);
    if (!candidate.suspended()) {
      candidate.suspended(true);
      policy.suspended(candidate);
    }
  }

  /** Resumes a target; nothing happens unless it is suspended. */
  public void resume(String hostPort) {
    TestCandidate candidate = get(hostPort);
    if (candidate.suspended()) {
      candidate.suspended(false);
      policy.resumed(candidate);
    }
  }

  /**
   * The candidate of a target.
   *
   * @throws IllegalArgumentException if there is none
   */
  public TestCandidate get(String hostPort) {
    TestCandidate candidate = candidates.get(hostPort);
    if (candidate == null) {
      throw new IllegalArgumentException(hostPort + " is not in the table");
    }
    return candidate;
  }

  /** All candidates, in the order in which they were added. */
  public Collection<TestCandidate> all() {
    return List.copyOf(candidates.values());
  }

  /** The {@code host:port} of all candidates, in the order in which they were added. */
  public String[] hostPorts() {
    return candidates.keySet().toArray(String[]::new);
  }

  /** Returns whether a candidate may be picked for this demand. */
  public boolean hasPickable(Demand demand) {
    return candidates.values().stream().anyMatch(candidate -> pickable(candidate, demand));
  }

  private static boolean pickable(TestCandidate candidate, Demand demand) {
    return !candidate.suspended() && !demand.excludes(candidate.peek());
  }

  /** Picks for any demand; fails the test if there is none. */
  public String pick() {
    return pick(Demand.any())
        .orElseThrow(() -> new AssertionError("the policy picks none of " + candidates.values()))
        .hostPort();
  }

  /** Picks the given number of times for any demand; fails the test if a pick returns none. */
  public List<String> pick(int times) {
    List<String> picks = new ArrayList<>(times);
    for (int i = 0; i < times; i++) {
      picks.add(pick());
    }
    return picks;
  }

  /**
   * Picks once, and fails the test if what the policy picked may not be picked.
   *
   * @return empty if the policy picked none
   */
  public Optional<TestCandidate> pick(Demand demand) {
    Candidate picked = policy.pick(demand);
    if (picked == null) {
      return Optional.empty();
    }
    if (!(picked instanceof TestCandidate candidate) || candidate.table() != this) {
      throw new AssertionError("picked " + picked + ", which is not (or no longer) in the table");
    }
    if (candidate.suspended()) {
      throw new AssertionError("picked " + candidate + ", which is suspended");
    }
    if (demand.excludes(candidate.peek())) {
      throw new AssertionError("picked " + candidate + ", which is excluded by " + demand);
    }
    return Optional.of(candidate);
  }

  /** Picks, counts a live token, and tells the policy. Empty if the policy picked none. */
  public Optional<TestCandidate> take(Demand demand) {
    Optional<TestCandidate> picked = pick(demand);
    picked.ifPresent(
        candidate -> {
          candidate.live(candidate.peekLive() + 1);
          policy.taken(candidate);
        });
    return picked;
  }

  /**
   * Counts one live token less, and tells the policy; also for a candidate that was removed since.
   */
  public void release(TestCandidate candidate, Outcome outcome) {
    if (candidate.peekLive() == 0) {
      throw new IllegalArgumentException(candidate + " has no live token");
    }
    candidate.live(candidate.peekLive() - 1);
    policy.released(candidate, outcome);
  }

  /** Returns the number of reads of candidates by the policy, including removed ones. */
  public long reads() {
    return readsOfRemoved + candidates.values().stream().mapToLong(TestCandidate::reads).sum();
  }

  @Override
  public String toString() {
    return candidates.values().toString();
  }
}
