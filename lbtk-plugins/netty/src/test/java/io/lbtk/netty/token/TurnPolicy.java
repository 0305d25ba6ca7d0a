package io.lbtk.netty.token;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Every target in its turn: the one picked is the last of the next rotation. */
final class TurnPolicy implements Policy {

  private final ArrayDeque<Candidate> turns = new ArrayDeque<>();

  @Override
  public Policy emptyCopy() {
    return new TurnPolicy();
  }

  @Override
  public void added(Candidate candidate) {
    turns.add(candidate);
  }

  @Override
  public void changed(Candidate candidate, Target before) {
    // All weights are one.
  }

  @Override
  public void removed(Candidate candidate) {
    turns.remove(candidate);
  }

  @Override
  public void suspended(Candidate candidate) {
    turns.remove(candidate);
  }

  @Override
  public void resumed(Candidate candidate) {
    turns.add(candidate);
  }

  @Override
  public @Nullable Candidate pick(Demand demand) {
    for (int i = 0; i < turns.size(); i++) {
      Candidate next = turns.remove();
      turns.add(next);
      if (!demand.excludes(next.target())) {
        return next;
      }
    }
    return null;
  }
}
