package io.lbtk.testkit;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** A right refresher passes the contract; {@link RefresherContractTest} runs it with faults. */
@ExtendWith(FaultResolver.class)
class MemoryRefresherTest extends RefresherContract {

  private final MemorySource source = new MemorySource();
  private final MemoryRefresher.Fault fault;

  MemoryRefresherTest(MemoryRefresher.Fault fault) {
    this.fault = fault;
  }

  @Override
  protected Refresher newRefresher() {
    return new MemoryRefresher(source, fault);
  }

  @Override
  protected void setSource(List<Target> targets) {
    source.set(targets);
  }

  @Override
  protected void breakSource() {
    source.breakDown();
  }

  @Override
  protected Duration timeout() {
    return fault == MemoryRefresher.Fault.NONE ? super.timeout() : Duration.ofMillis(500);
  }
}
