package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import org.jspecify.annotations.Nullable;

/** Lets nothing through that says again what was said before. */
final class UnchangedGuard implements RefreshListener {

  private final RefreshListener next;
  private @Nullable Refresh last;

  UnchangedGuard(RefreshListener next) {
    this.next = next;
  }

  @Override
  public void onRefresh(Refresh refresh) {
    if (refresh instanceof Refresh.Delta delta
        && delta.added().isEmpty()
        && delta.removed().isEmpty()) {
      return;
    }
    if (refresh instanceof Refresh.Snapshot && refresh.equals(last)) {
      return;
    }
    last = refresh instanceof Refresh.Snapshot ? refresh : null;
    next.onRefresh(refresh);
  }
}
