package io.lbtk.core.refresh;

import io.lbtk.api.Refresher;
import io.lbtk.api.Refresher.Mode;
import java.time.Duration;
import java.util.List;

/** The guards, around a refresher that needs them not. */
class GuardedRefresherContractTest extends SharedSourceContract {

  @Override
  protected Refresher around(List<SourceRefresher> sources) {
    return GuardedRefresher.builder(sources.get(0)).debounce(Duration.ofMillis(1)).build();
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
