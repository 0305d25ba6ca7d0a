package io.lbtk.core;

import io.lbtk.api.Target;
import io.lbtk.api.Verdict;
import java.util.List;

/**
 * How one target stands in the table of a generator.
 *
 * @param target the target
 * @param live its live connections, over all takers
 * @param pickable whether it may be picked now
 * @param verdicts what is said of it, but for plain UPs
 */
public record TargetStatus(Target target, int live, boolean pickable, List<Verdict> verdicts) {

  /** Why the target gets no token, in words; empty if it may get one. */
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
