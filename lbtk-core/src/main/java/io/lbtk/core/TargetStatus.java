package io.lbtk.core;

import io.lbtk.api.Target;
import io.lbtk.api.Verdict;
import java.util.List;

/**
 * The status of one target in the table of a generator.
 *
 * @param target the target
 * @param live the number of its live connections, over all takers
 * @param pickable whether it may be picked now
 * @param verdicts the verdicts on it, except plain UPs
 */
public record TargetStatus(Target target, int live, boolean pickable, List<Verdict> verdicts) {

  /** Returns the reason why the target gets no token, as text; empty if it may get one. */
  public String why() {
    if (pickable) {
      return "";
    }
    List<String> reasons =
        verdicts.stream().filter(v -> !v.state().allowsPicks()).map(Verdict::toString).toList();
    if (!reasons.isEmpty()) {
      return String.join("; ", reasons);
    }
    return "weight 0";
  }
}
