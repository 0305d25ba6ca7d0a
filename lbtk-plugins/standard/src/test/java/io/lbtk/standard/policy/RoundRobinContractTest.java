package io.lbtk.standard.policy;

import io.lbtk.api.Policy;
import io.lbtk.testkit.PolicyContract;

class RoundRobinContractTest extends PolicyContract {

  @Override
  protected Policy newPolicy() {
    return RoundRobin.create();
  }
}
