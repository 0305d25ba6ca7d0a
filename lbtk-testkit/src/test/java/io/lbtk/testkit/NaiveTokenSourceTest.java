package io.lbtk.testkit;

import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.extension.ExtendWith;

/** A right source passes the contract; {@link TokenSourceContractTest} runs it with faults. */
@ExtendWith(FaultResolver.class)
class NaiveTokenSourceTest extends TokenSourceContract {

  private final NaiveTokenSource.Fault fault;
  private final NaiveTokenSource source;

  NaiveTokenSourceTest(NaiveTokenSource.Fault fault) {
    this.fault = fault;
    this.source = new NaiveTokenSource(fault);
  }

  @Override
  protected TokenSource newSource(List<Target> targets) {
    source.setTargets(targets);
    return source;
  }

  @Override
  protected void setTargets(List<Target> targets) {
    source.setTargets(targets);
  }

  @Override
  protected OptionalInt live() {
    return OptionalInt.of(source.live());
  }

  @Override
  protected Duration timeout() {
    return fault == NaiveTokenSource.Fault.NONE ? super.timeout() : Duration.ofMillis(500);
  }
}
