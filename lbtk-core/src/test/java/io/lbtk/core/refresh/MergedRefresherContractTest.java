package io.lbtk.core.refresh;

import io.lbtk.api.Refresher;
import io.lbtk.api.Refresher.Mode;
import java.util.List;

/** The union of a refresher and one that never gets to its source. */
class MergedRefresherContractTest extends SharedSourceContract {

  @Override
  protected Refresher around(SourceRefresher source) {
    return new MergedRefresher(List.of(new SourceRefresher(mode()), source));
  }

  @Override
  protected Mode mode() {
    return Mode.PUSHED;
  }
}
