package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds back a suspicious set until further reads or time confirm it. Meanwhile the last set stays
 * in use, and the held set follows the source.
 */
final class ConfirmationGuard implements RefreshListener {

  private static final Logger log = LoggerFactory.getLogger(ConfirmationGuard.class);

  private final String name;
  private final List<Suspicion> doubts;
  private final GuardTimer timer;
  private final KnownTargets believed;
  private final RefreshListener next;
  private @Nullable Held held;

  /**
   * Creates a guard.
   *
   * @param believed the targets that were passed on; this guard updates them before it passes a
   *     report on
   */
  ConfirmationGuard(
      String name,
      List<Suspicion> doubts,
      GuardTimer timer,
      KnownTargets believed,
      RefreshListener next) {
    this.name = name;
    this.doubts = doubts;
    this.timer = timer;
    this.believed = believed;
    this.next = next;
  }

  /** A set that is held back. */
  private static final class Held {
    final KnownTargets targets;
    Suspicion doubt;
    int reads = 1;
    @Nullable Runnable cancelTime;

    Held(KnownTargets targets, Suspicion doubt) {
      this.targets = targets;
      this.doubt = doubt;
    }
  }

  @Override
  public void onRefresh(Refresh refresh) {
    if (refresh instanceof Refresh.Failure) {
      // The state of the source is unknown, so this time does not count as a confirmation.
      stopTime();
      next.onRefresh(refresh);
    } else if (held != null) {
      follow(held, refresh);
    } else {
      judge(refresh);
    }
  }

  private void judge(Refresh refresh) {
    if (isSmall(refresh)) {
      believe(refresh);
      return;
    }
    Suspicion.Step step = step(refresh);
    Suspicion doubt = doubtOf(step);
    if (doubt == null) {
      believe(refresh);
      return;
    }
    KnownTargets targets = believed.copy();
    targets.apply(refresh);
    held = new Held(targets, doubt);
    log.warn(
        "{}: {}; keeping the last {} until {}",
        name,
        doubt.words(step),
        FailureGuard.count(believed.size()),
        condition(doubt));
    startTime(held);
  }

  private void follow(Held held, Refresh refresh) {
    Set<String> before = held.targets.names();
    held.targets.apply(refresh);
    Suspicion.Step step = step(held.targets);
    Suspicion doubt = doubtOf(step);
    if (doubt == null) {
      log.info("{}: no longer in doubt, {}", name, FailureGuard.count(held.targets.size()));
      believe(held);
      return;
    }
    boolean same = doubt.equals(held.doubt) && before.equals(held.targets.names());
    held.doubt = doubt;
    held.reads = same ? held.reads + 1 : 1;
    if (doubt.reads() > 0 && held.reads >= doubt.reads()) {
      confirm(held);
    } else if (!same || held.cancelTime == null) {
      startTime(held);
    }
  }

  private void confirm(Held held) {
    log.warn("{}: {}, which is confirmed now", name, held.doubt.words(step(held.targets)));
    believe(held);
  }

  private void believe(Held held) {
    stopTime();
    this.held = null;
    believe(Refresh.snapshot(held.targets.list()));
  }

  private void believe(Refresh refresh) {
    believed.apply(refresh);
    next.onRefresh(refresh);
  }

  /** Returns whether it is a delta that removes too few targets to be suspicious. */
  private boolean isSmall(Refresh refresh) {
    return refresh instanceof Refresh.Delta delta
        && doubts.stream()
            .allMatch(doubt -> doubt.allows(delta.removed().size(), believed.sizeAtLeast()));
  }

  private void startTime(Held held) {
    stopTime();
    if (!held.doubt.time().isZero()) {
      held.cancelTime = timer.schedule(held.doubt.time(), () -> confirm(held));
    }
  }

  private void stopTime() {
    if (held != null && held.cancelTime != null) {
      held.cancelTime.run();
      held.cancelTime = null;
    }
  }

  private @Nullable Suspicion doubtOf(Suspicion.Step step) {
    for (Suspicion doubt : doubts) {
      if (doubt.applies(step)) {
        return doubt;
      }
    }
    return null;
  }

  private Suspicion.Step step(Refresh refresh) {
    if (refresh instanceof Refresh.Snapshot snapshot) {
      return step(new KnownTargets(snapshot.targets()));
    }
    return deltaStep((Refresh.Delta) refresh);
  }

  private Suspicion.Step step(KnownTargets after) {
    return new Suspicion.Step(believed.size(), after.size(), () -> believed.missingIn(after));
  }

  private Suspicion.Step deltaStep(Refresh.Delta delta) {
    Set<String> added = new KnownTargets(delta.added()).names();
    int fresh = (int) added.stream().filter(name -> !believed.contains(name)).count();
    int removed =
        (int)
            delta.removed().stream()
                .filter(name -> !added.contains(name) && believed.contains(name))
                .count();
    return new Suspicion.Step(believed.size(), believed.size() + fresh - removed, () -> removed);
  }

  private static String condition(Suspicion doubt) {
    String reads =
        switch (doubt.reads()) {
          case 0 -> "";
          case 2 -> "the next read says the same";
          default -> (doubt.reads() - 1) + " more reads say the same";
        };
    String time = doubt.time().isZero() ? "" : doubt.time().toSeconds() + "s went by";
    if (reads.isEmpty() && time.isEmpty()) {
      return "there are others (on-empty = keep)";
    }
    return reads.isEmpty() || time.isEmpty() ? reads + time : reads + ", or " + time;
  }
}
