package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import org.jspecify.annotations.Nullable;

/** Lets nothing through that says again what was said before, unless the listener missed that. */
final class UnchangedGuard implements RefreshListener {

  private final DeliveryGuard delivery;
  private final RefreshListener next;
  private @Nullable Refresh last;

  /**
   * Creates a guard.
   *
   * @param delivery tells whether what was passed on was taken over as well
   */
  UnchangedGuard(DeliveryGuard delivery, RefreshListener next) {
    this.delivery = delivery;
    this.next = next;
  }

  @Override
  public void onRefresh(Refresh refresh) {
    if (!delivery.isBehind() && isUnchanged(refresh)) {
      return;
    }
    last = refresh instanceof Refresh.Snapshot ? refresh : null;
    next.onRefresh(refresh);
  }

  private boolean isUnchanged(Refresh refresh) {
    return refresh instanceof Refresh.Delta delta
        ? delta.added().isEmpty() && delta.removed().isEmpty()
        : refresh.equals(last);
  }
}
