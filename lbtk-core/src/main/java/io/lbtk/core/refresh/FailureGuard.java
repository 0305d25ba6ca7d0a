package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each failure once until the source can be read again, and does not pass it on: the targets
 * are kept or cleared.
 */
final class FailureGuard implements RefreshListener {

  private static final Logger log = LoggerFactory.getLogger(FailureGuard.class);
  private static final int MAX_LOGGED = 8;

  private final String name;
  private final OnError onError;
  private final KnownTargets known;
  private final RefreshListener next;
  private final Set<String> logged = new HashSet<>();
  private boolean reportedBefore;
  private boolean failing;
  private boolean cleared;

  /**
   * Creates a guard.
   *
   * @param known the targets, to which every report passed to this guard is already applied
   */
  FailureGuard(String name, OnError onError, KnownTargets known, RefreshListener next) {
    this.name = name;
    this.onError = onError;
    this.known = known;
    this.next = next;
  }

  @Override
  public void onRefresh(Refresh refresh) {
    if (refresh instanceof Refresh.Failure failure) {
      failed(failure);
    } else {
      passed(refresh);
    }
  }

  private void failed(Refresh.Failure failure) {
    failing = true;
    if (logged.size() < MAX_LOGGED && logged.add(failure.message())) {
      log.warn("{}: {}; {}", name, failure.message(), consequence());
      failure.cause().ifPresent(cause -> log.debug("{}: the cause", name, cause));
      if (logged.size() == MAX_LOGGED) {
        log.warn("{}: further failures are not logged until it works again", name);
      }
    }
    if (onError == OnError.CLEAR && reportedBefore && !cleared) {
      cleared = true;
      next.onRefresh(Refresh.snapshot(List.of()));
    }
  }

  private String consequence() {
    if (!reportedBefore) {
      return "there are no targets yet";
    }
    return onError == OnError.CLEAR
        ? "its targets are dropped (on-error = clear)"
        : "keeping the last " + count(known.size());
  }

  private void passed(Refresh refresh) {
    reportedBefore = true;
    if (failing) {
      log.info("{}: works again, {}", name, count(known.size()));
      failing = false;
      logged.clear();
    }
    if (cleared) {
      cleared = false;
      next.onRefresh(Refresh.snapshot(known.list()));
    } else {
      next.onRefresh(refresh);
    }
  }

  static String count(int targets) {
    return targets == 1 ? "1 target" : targets + " targets";
  }
}
