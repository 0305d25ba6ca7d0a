package io.lbtk.core.refresh;

import io.lbtk.api.Refresher;
import io.lbtk.api.Refresher.Mode;
import java.time.Duration;

/** The guards, around a refresher that needs them not. */
class GuardedRefresherContractTest extends SharedSourceContract {

  @Override
  protected Refresher around(SourceRefresher source) {
    return GuardedRefresher.builder(source).debounce(Duration.ofMillis(1)).build();
  }

  @Override
  protected Mode mode() {
    return Mode.STATED;
  }

  /** Failures end at the guards. */
  @Override
  protected boolean supports(Feature feature) {
    return feature != Feature.FAILURES;
  }
}
