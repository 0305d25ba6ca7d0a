package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The first change goes through at once; those that follow too soon are kept and go through as one,
 * one window after the last that went through.
 */
final class DebounceGuard implements RefreshListener {

  private final long windowNanos;
  private final GuardTimer timer;
  private final RefreshListener next;
  private @Nullable PendingChange pending;
  private boolean passedBefore;
  private long lastPassed;

  DebounceGuard(Duration window, GuardTimer timer, RefreshListener next) {
    this.windowNanos = window.toNanos();
    this.timer = timer;
    this.next = next;
  }

  @Override
  public void onRefresh(Refresh refresh) {
    if (pending != null) {
      pending.add(refresh);
      return;
    }
    long sinceLast = timer.nanoTime() - lastPassed;
    if (!passedBefore || sinceLast >= windowNanos) {
      pass(refresh);
      return;
    }
    PendingChange change = new PendingChange();
    change.add(refresh);
    pending = change;
    timer.schedule(Duration.ofNanos(windowNanos - sinceLast), () -> pass(change));
  }

  private void pass(PendingChange change) {
    pending = null;
    pass(change.toRefresh());
  }

  private void pass(Refresh refresh) {
    passedBefore = true;
    lastPassed = timer.nanoTime();
    next.onRefresh(refresh);
  }
}
