package io.lbtk.proxy.token;

import io.lbtk.api.Demand;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers for a few seconds the targets that a proxy could not reach. Retries prefer other
 * targets; first attempts are not affected. Thread-safe.
 */
public final class FailingTargets {

  static final long REMEMBERED_NANOS = 10_000_000_000L;

  private static final int MAX = 1000;

  private final Map<String, Long> failedAt = new ConcurrentHashMap<>();

  /** Adds a target that could not be reached. */
  public void add(String hostPort, long now) {
    if (failedAt.size() >= MAX) {
      failedAt.values().removeIf(at -> now - at >= REMEMBERED_NANOS);
    }
    if (failedAt.size() < MAX) {
      failedAt.put(hostPort, now);
    }
  }

  /** Returns whether the target could not be reached within the last seconds. */
  public boolean contains(String hostPort, long now) {
    Long at = failedAt.get(hostPort);
    if (at == null) {
      return false;
    }
    if (now - at < REMEMBERED_NANOS) {
      return true;
    }
    failedAt.remove(hostPort, at);
    return false;
  }

  /** Returns these targets and the remembered ones, up to the number that a demand can exclude. */
  public Set<String> addTo(Set<String> tried, long now) {
    Set<String> all = new LinkedHashSet<>(tried);
    for (String hostPort : failedAt.keySet()) {
      if (all.size() >= Demand.MAX_EXCLUDED) {
        break;
      }
      if (contains(hostPort, now)) {
        all.add(hostPort);
      }
    }
    return all;
  }
}
