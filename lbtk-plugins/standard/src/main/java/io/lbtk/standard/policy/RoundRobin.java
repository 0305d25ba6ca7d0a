package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import org.jspecify.annotations.Nullable;

/**
 * Each target in its turn, as often as its weight says, evenly spread.
 *
 * <p>From the moment of any change, as many picks as the weights sum up to give each target exactly
 * as many as its weight: over n targets of equal weight, n picks hit each once. A change never
 * restarts the order: who was next stays next, an added target or one that may be picked again
 * comes last in the rotation that begins now, and the others keep their order.
 *
 * <p>Demands that exclude targets are served by an order of their own, so that a retry never takes
 * the turn that another target has in the order of first attempts. In that order a target that a
 * demand excludes keeps its turn for the next demand.
 *
 * <p>Targets of one weight stand in a ring; a heap says which ring is next. So a pick takes time by
 * the logarithm of the number of different weights, and so does a change; the number of targets
 * makes no difference.
 */
public final class RoundRobin implements Policy {

  private final DueQueue schedule = new DueQueue(Entry::of);
  private final DueQueue retries = new DueQueue(candidate -> Entry.of(candidate).ofRetries());

  private RoundRobin() {}

  /** A policy that knows no candidate yet. */
  public static RoundRobin create() {
    return new RoundRobin();
  }

  @Override
  public Policy newInstance() {
    return create();
  }

  @Override
  public void added(Candidate candidate) {
    Entry turn = new Entry(candidate);
    candidate.attach(turn);
    enter(turn);
  }

  @Override
  public void changed(Candidate candidate, Target before) {
    Entry turn = Entry.of(candidate);
    if (candidate.target().weight() == before.weight()) {
      return;
    }
    leave(turn);
    enter(turn);
  }

  @Override
  public void removed(Candidate candidate) {
    leave(Entry.of(candidate));
    candidate.attach(null);
  }

  @Override
  public void suspended(Candidate candidate) {
    Entry turn = Entry.of(candidate);
    turn.suspended = true;
    leave(turn);
  }

  @Override
  public void resumed(Candidate candidate) {
    Entry turn = Entry.of(candidate);
    turn.suspended = false;
    enter(turn);
  }

  @Override
  public @Nullable Candidate pick(Demand demand) {
    return demand.excluded().isEmpty() ? schedule.take() : retries.take(demand);
  }

  private void enter(Entry turn) {
    if (!turn.suspended && turn.ring == null) {
      schedule.enter(turn);
      retries.enter(turn.ofRetries());
    }
  }

  private void leave(Entry turn) {
    schedule.leave(turn);
    retries.leave(turn.ofRetries());
  }
}
