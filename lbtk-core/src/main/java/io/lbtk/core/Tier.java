package io.lbtk.core;

import io.lbtk.api.Policy;

/** The targets of one priority, with a policy of their own. Guarded by the generator's lock. */
final class Tier {

  final int priority;
  final Policy policy;

  /** Targets of this tier. */
  int size;

  /** Those that may be picked. */
  int pickable;

  Tier(int priority, Policy policy) {
    this.priority = priority;
    this.policy = policy;
  }
}
