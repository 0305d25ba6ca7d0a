package io.lbtk.standard.refresh;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.RefresherContract;
import java.util.List;

class StaticRefresherContractTest extends RefresherContract {

  private List<Target> targets = List.of();

  @Override
  protected Refresher newRefresher() {
    return StaticRefresher.of(targets);
  }

  @Override
  protected void setSource(List<Target> targets) {
    this.targets = targets;
  }

  @Override
  protected boolean supports(Feature feature) {
    return feature != Feature.CHANGES && feature != Feature.FAILURES;
  }
}
