package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Target;
import java.util.List;

/** A listener that takes reports over, or throws an Error where the test says so. */
final class FailingListener implements RefreshListener {

  private final KnownTargets known = new KnownTargets();
  boolean fails;
  int reports;

  @Override
  public void onRefresh(Refresh report) {
    reports++;
    if (fails) {
      throw new NoClassDefFoundError("thrown by the test");
    }
    known.apply(report);
  }

  List<Target> targets() {
    return known.list();
  }
}
