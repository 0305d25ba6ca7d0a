package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;

/** Throws an Error instead of passing a report on, as often as the test says. */
final class FailingListener implements RefreshListener {

  private final RefreshListener next;
  private int left;

  FailingListener(RefreshListener next) {
    this.next = next;
  }

  void failNext(int reports) {
    left = reports;
  }

  @Override
  public void onRefresh(Refresh refresh) {
    if (left > 0) {
      left--;
      throw new NoClassDefFoundError("thrown by the test");
    }
    next.onRefresh(refresh);
  }
}
