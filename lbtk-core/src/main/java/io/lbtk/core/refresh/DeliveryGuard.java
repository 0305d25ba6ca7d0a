package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Target;
import io.lbtk.core.part.Backoff;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers reports to the listener, as the last of the guards. If the listener throws, it gets the
 * whole set with the next report or after a delay, whichever comes first.
 */
final class DeliveryGuard implements RefreshListener {

  private static final Logger log = LoggerFactory.getLogger(DeliveryGuard.class);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

  private final String name;
  private final KnownTargets known;
  private final GuardTimer timer;
  private final RefreshListener listener;
  private final Backoff backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY);
  private boolean behind;
  private boolean emptied;
  private int failures;
  private @Nullable Runnable cancelRetry;

  /**
   * Creates a guard.
   *
   * @param known the targets, to which every report passed to this guard is already applied
   */
  DeliveryGuard(String name, KnownTargets known, GuardTimer timer, RefreshListener listener) {
    this.name = name;
    this.known = known;
    this.timer = timer;
    this.listener = listener;
  }

  /** Returns whether the listener has missed a report, so that it needs any report. */
  boolean isBehind() {
    return behind;
  }

  @Override
  public void onRefresh(Refresh refresh) {
    // After a failure of the source with on-error = clear, the known targets are not empty.
    emptied = refresh instanceof Refresh.Snapshot snapshot && snapshot.targets().isEmpty();
    deliver(behind && refresh instanceof Refresh.Delta ? whole() : refresh);
  }

  private Refresh whole() {
    List<Target> targets = emptied ? List.of() : known.list();
    return Refresh.snapshot(targets);
  }

  /** Delivers a report. The listener may cause a further report, delivered before this returns. */
  private void deliver(Refresh refresh) {
    int failuresBefore = failures;
    try {
      listener.onRefresh(refresh);
    } catch (Throwable e) {
      failed(e);
      return;
    }
    if (failures == failuresBefore) {
      behind = false;
      backoff.reset();
      stopRetry();
    }
  }

  private void failed(Throwable cause) {
    failures++;
    behind = true;
    stopRetry();
    Duration wait = backoff.next();
    log.error(
        "{}: a report could not be taken over; the next one will be, or the same in {} ms",
        name,
        wait.toMillis(),
        cause);
    cancelRetry = timer.schedule(wait, this::retry);
  }

  private void retry() {
    cancelRetry = null;
    if (behind) {
      deliver(whole());
    }
  }

  private void stopRetry() {
    if (cancelRetry != null) {
      cancelRetry.run();
      cancelRetry = null;
    }
  }
}
