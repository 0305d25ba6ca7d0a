package io.lbtk.standard.policy;

import io.lbtk.api.Policy;
import io.lbtk.testkit.PolicyContract;
import java.util.SplittableRandom;

class RandomPolicyContractTest extends PolicyContract {

  @Override
  protected Policy newPolicy() {
    return new RandomPolicy(() -> new SplittableRandom(1));
  }

  @Override
  protected boolean isOrdered() {
    return false;
  }
}
