package io.lbtk.core.refresh;

import io.lbtk.api.Refresher;
import io.lbtk.api.Refresher.Mode;
import java.util.List;

/** The union of two refreshers of one source. */
class MergedRefresherContractTest extends SharedSourceContract {

  @Override
  protected Refresher around(List<SourceRefresher> sources) {
    return new MergedRefresher(sources);
  }

  @Override
  protected Mode mode() {
    return Mode.PUSHED;
  }
}
