package io.lbtk.core.refresh;

import io.lbtk.api.Target;
import java.util.List;

/**
 * What the weights of a list become by the factors of hosts. Weights are whole numbers, so that
 * there is no half of 1: they are multiplied by 100 before, or by 10 where the largest of the list
 * would not leave room for that, or by 1. Immutable.
 *
 * @param factors of the hosts
 * @param scale what each weight is multiplied by, where there are factors
 */
record Weighing(HostFactors factors, int scale) {

  static final int FINEST = 100;

  Weighing {
    if (scale < 1) {
      throw new IllegalArgumentException("scale %d (expected: 1 or more)".formatted(scale));
    }
  }

  /** The finest scale that has room for all of these, whatever their factors. */
  static int scale(List<Target> targets) {
    long largest = 1;
    for (Target target : targets) {
      largest = Math.max(largest, target.weight());
    }
    int scale = FINEST;
    while (scale > 1 && largest * scale * HostFactors.MOST > Target.MAX_WEIGHT) {
      scale /= 10;
    }
    return scale;
  }

  /** The target with its new weight: 0 only if its own was, or that of its host. */
  Target weigh(Target target) {
    int weight = weight(target);
    return weight == target.weight() ? target : target.withWeight(weight);
  }

  List<Target> weigh(List<Target> targets) {
    return factors == HostFactors.NONE ? targets : targets.stream().map(this::weigh).toList();
  }

  /** Those of these targets that another weighing gives another weight, as they become by it. */
  List<Target> changed(List<Target> targets, Weighing after) {
    return targets.stream()
        .filter(target -> weight(target) != after.weight(target))
        .map(after::weigh)
        .toList();
  }

  private int weight(Target target) {
    if (factors == HostFactors.NONE) {
      return target.weight();
    }
    double exact = target.weight() * factors.of(target.host()) * scale;
    return exact == 0 ? 0 : (int) Math.max(1, Math.min(Target.MAX_WEIGHT, Math.round(exact)));
  }
}
