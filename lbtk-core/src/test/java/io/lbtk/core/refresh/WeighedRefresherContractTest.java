package io.lbtk.core.refresh;

import io.lbtk.api.Refresher;
import io.lbtk.api.Refresher.Mode;

/** Targets of a refresher, and another that never gets to its weights. */
class WeighedRefresherContractTest extends SharedSourceContract {

  @Override
  protected Refresher around(SourceRefresher source) {
    return WeighedRefresher.builder(source, new SourceRefresher(mode())).build();
  }

  @Override
  protected Mode mode() {
    return Mode.PUSHED;
  }
}
