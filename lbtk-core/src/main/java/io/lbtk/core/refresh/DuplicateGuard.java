package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Of two targets with the same host:port in one list the last one counts. Each such host:port is
 * named once, and again when it was right in between.
 */
final class DuplicateGuard implements RefreshListener {

  private static final Logger log = LoggerFactory.getLogger(DuplicateGuard.class);
  private static final int MAX_NAMED = 10;

  private final String name;
  private final RefreshListener next;
  private Set<String> named = Set.of();

  DuplicateGuard(String name, RefreshListener next) {
    this.name = name;
    this.next = next;
  }

  @Override
  public void onRefresh(Refresh refresh) {
    if (refresh instanceof Refresh.Snapshot snapshot) {
      Set<String> doubles = new LinkedHashSet<>();
      List<Target> targets = withoutDoubles(snapshot.targets(), doubles);
      warn(doubles);
      named = doubles;
      next.onRefresh(doubles.isEmpty() ? refresh : Refresh.snapshot(targets));
    } else if (refresh instanceof Refresh.Delta delta && delta.added().size() > 1) {
      Set<String> doubles = new LinkedHashSet<>();
      List<Target> added = withoutDoubles(delta.added(), doubles);
      warn(doubles);
      next.onRefresh(doubles.isEmpty() ? refresh : Refresh.delta(added, delta.removed()));
    } else {
      next.onRefresh(refresh);
    }
  }

  private static List<Target> withoutDoubles(List<Target> targets, Set<String> doubles) {
    AddressSet seen = new AddressSet(targets.size());
    List<Target> unique = new ArrayList<>(targets.size());
    for (int i = targets.size() - 1; i >= 0; i--) {
      Target target = targets.get(i);
      if (seen.add(target)) {
        unique.add(target);
      } else {
        doubles.add(target.hostPort());
      }
    }
    Collections.reverse(unique);
    return unique;
  }

  private void warn(Set<String> doubles) {
    List<String> fresh = doubles.stream().filter(hostPort -> !named.contains(hostPort)).toList();
    fresh.stream()
        .limit(MAX_NAMED)
        .forEach(
            hostPort ->
                log.warn("{}: {} is listed more than once; the last one counts", name, hostPort));
    if (fresh.size() > MAX_NAMED) {
      log.warn(
          "{}: {} others are listed more than once; the last of each counts",
          name,
          fresh.size() - MAX_NAMED);
    }
  }
}
