package io.lbtk.testkit;

import io.lbtk.api.Policy;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;

/** A right policy passes the contract; {@link PolicyContractTest} runs it with faults. */
@ExtendWith(FaultResolver.class)
class DeadlinePolicyTest extends PolicyContract {

  private final DeadlinePolicy.Fault fault;

  DeadlinePolicyTest(DeadlinePolicy.Fault fault) {
    this.fault = fault;
  }

  @Override
  protected Policy newPolicy() {
    return new DeadlinePolicy(fault);
  }

  @Override
  protected Duration timeout() {
    return fault == DeadlinePolicy.Fault.NONE ? super.timeout() : Duration.ofSeconds(1);
  }
}
