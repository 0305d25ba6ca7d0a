package io.lbtk.testkit;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The contract is no less right for a policy that decides by chance. */
class RandomPolicyContractTest extends PolicyContract {

  @Override
  protected Policy newPolicy() {
    return new RacePolicy(new Random(7));
  }

  @Override
  protected boolean isOrdered() {
    return false;
  }

  /** Each candidate draws the time of its next turn, the shorter the heavier it is. */
  private static final class RacePolicy implements Policy {

    private final Random random;
    private final TreeMap<Double, Candidate> turns = new TreeMap<>();
    private double now;

    RacePolicy(Random random) {
      this.random = random;
    }

    @Override
    public Policy newInstance() {
      return new RacePolicy(random);
    }

    @Override
    public void added(Candidate candidate) {
      double turn;
      do {
        turn = now - Math.log(1 - random.nextDouble()) / candidate.target().weight();
      } while (turns.putIfAbsent(turn, candidate) != null);
      candidate.attach(turn);
    }

    @Override
    public void changed(Candidate candidate, Target before) {
      if (turns.remove(turn(candidate), candidate)) {
        added(candidate);
      }
    }

    private static Double turn(Candidate candidate) {
      return (Double) Objects.requireNonNull(candidate.attachment());
    }

    @Override
    public void removed(Candidate candidate) {
      turns.remove(turn(candidate), candidate);
    }

    @Override
    public void suspended(Candidate candidate) {
      turns.remove(turn(candidate), candidate);
    }

    @Override
    public void resumed(Candidate candidate) {
      added(candidate);
    }

    @Override
    public @Nullable Candidate pick(Demand demand) {
      List<Candidate> passed = new ArrayList<>();
      Candidate found = null;
      while (found == null && !turns.isEmpty()) {
        Candidate first = Objects.requireNonNull(turns.pollFirstEntry()).getValue();
        now = Math.max(now, turn(first));
        if (demand.excludes(first.target())) {
          passed.add(first);
        } else {
          found = first;
        }
      }
      passed.forEach(this::added);
      if (found != null) {
        added(found);
      }
      return found;
    }
  }
}
