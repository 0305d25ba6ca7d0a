package io.lbtk.core;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The simplest policy that keeps an order: the one picked goes to the end of the list. */
final class RotatingPolicy implements Policy {

  private final List<Candidate> candidates = new ArrayList<>();

  @Override
  public Policy newInstance() {
    return new RotatingPolicy();
  }

  @Override
  public void added(Candidate candidate) {
    candidates.add(candidate);
  }

  @Override
  public void changed(Candidate candidate, Target before) {}

  @Override
  public void removed(Candidate candidate) {
    candidates.remove(candidate);
  }

  @Override
  public void suspended(Candidate candidate) {
    candidates.remove(candidate);
  }

  @Override
  public void resumed(Candidate candidate) {
    candidates.add(candidate);
  }

  @Override
  public @Nullable Candidate pick(Demand demand) {
    for (Candidate candidate : candidates) {
      if (!demand.excludes(candidate.target())) {
        candidates.remove(candidate);
        candidates.add(candidate);
        return candidate;
      }
    }
    return null;
  }
}
