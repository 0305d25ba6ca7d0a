package io.lbtk.standard.policy;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
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

  private final DueQueue schedule = new DueQueue(Entry::of);
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
