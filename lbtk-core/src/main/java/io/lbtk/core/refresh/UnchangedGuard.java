package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Lets nothing through that says again what was said before, unless that was not taken over. */
final class UnchangedGuard implements RefreshListener {

  private final BooleanSupplier missed;
  private final RefreshListener next;
  private @Nullable Refresh last;

  /**
   * A guard.
   *
   * @param missed returns whether something that went through before was not taken over
   */
  UnchangedGuard(BooleanSupplier missed, RefreshListener next) {
    this.missed = missed;
    this.next = next;
  }

  @Override
  public void onRefresh(Refresh refresh) {
    if (saysNothingNew(refresh) && !missed.getAsBoolean()) {
      return;
    }
    last = refresh instanceof Refresh.Snapshot ? refresh : null;
    next.onRefresh(refresh);
  }

  private boolean saysNothingNew(Refresh refresh) {
    return refresh instanceof Refresh.Delta delta
        ? delta.added().isEmpty() && delta.removed().isEmpty()
        : refresh.equals(last);
  }
}
