package io.lbtk.tokenport.server;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Every target in its turn: the one picked is the last of the next rotation. Demands that exclude
 * have turns of their own.
 */
final class TurnPolicy implements Policy {

  private final ArrayDeque<Candidate> turns = new ArrayDeque<>();
  private final ArrayDeque<Candidate> retries = new ArrayDeque<>();

  @Override
  public Policy newInstance() {
    return new TurnPolicy();
  }

  @Override
  public void added(Candidate candidate) {
    turns.add(candidate);
    retries.add(candidate);
  }

  @Override
  public void changed(Candidate candidate, Target before) {
    // All weights are one.
  }

  @Override
  public void removed(Candidate candidate) {
    turns.remove(candidate);
    retries.remove(candidate);
  }

  @Override
  public void suspended(Candidate candidate) {
    removed(candidate);
  }

  @Override
  public void resumed(Candidate candidate) {
    added(candidate);
  }

  @Override
  public @Nullable Candidate pick(Demand demand) {
    ArrayDeque<Candidate> order = demand.excluded().isEmpty() ? turns : retries;
    for (int i = 0; i < order.size(); i++) {
      Candidate next = order.remove();
      order.add(next);
      if (!demand.excludes(next.target())) {
        return next;
      }
    }
    return null;
  }
}
