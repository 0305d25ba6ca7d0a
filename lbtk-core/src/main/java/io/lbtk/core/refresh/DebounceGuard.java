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
  private final PendingChange deltas = new PendingChange();
  private @Nullable KnownTargets whole;
  private boolean pending;
  private boolean passedBefore;
  private long lastPassed;

  DebounceGuard(Duration window, GuardTimer timer, RefreshListener next) {
    this.windowNanos = window.toNanos();
    this.timer = timer;
    this.next = next;
  }

  @Override
  public void onRefresh(Refresh refresh) {
    long sinceLast = timer.nanoTime() - lastPassed;
    if (!pending && (!passedBefore || sinceLast >= windowNanos)) {
      pass(refresh);
      return;
    }
    gather(refresh);
    if (!pending) {
      pending = true;
      timer.schedule(Duration.ofNanos(windowNanos - sinceLast), this::passGathered);
    }
  }

  /** There are deltas alone, or a whole set that took over those after it. */
  private void gather(Refresh refresh) {
    if (refresh instanceof Refresh.Snapshot) {
      whole = new KnownTargets();
    }
    if (whole != null) {
      whole.apply(refresh);
    } else if (refresh instanceof Refresh.Delta delta) {
      deltas.add(delta);
    }
  }

  private void passGathered() {
    Refresh gathered = whole != null ? Refresh.snapshot(whole.list()) : deltas.toDelta();
    pending = false;
    whole = null;
    deltas.clear();
    pass(gathered);
  }

  private void pass(Refresh refresh) {
    passedBefore = true;
    lastPassed = timer.nanoTime();
    next.onRefresh(refresh);
  }
}
