package io.lbtk.proxy.token;

import io.lbtk.api.Target;
import io.lbtk.net.ThrottledWarning;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/** Logs once for each target that it fails, and once that it has recovered. Thread-safe. */
public final class TargetTroubles {

  /** Most failing targets that are logged individually. */
  private static final int MAX = 1000;

  private final Logger log;
  private final String who;
  private final String over;
  private final Map<String, ThrottledWarning> troubles = new ConcurrentHashMap<>();

  /**
   * Creates a log without failing targets.
   *
   * @param who the component that logs: {@code proxy.front}
   * @param over the message for a recovered target
   */
  public TargetTroubles(Logger log, String who, String over) {
    this.log = log;
    this.who = who;
    this.over = over;
  }

  /** Notes a failure of a target. */
  public void failed(String hostPort, String why, long now) {
    ThrottledWarning trouble = troubles.get(hostPort);
    if (trouble == null) {
      if (troubles.size() >= MAX) {
        troubles.values().removeIf(old -> old.isOld(now));
        if (troubles.size() >= MAX) {
          return;
        }
      }
      trouble =
          troubles.computeIfAbsent(
              hostPort, key -> new ThrottledWarning(log, who + ": target " + key, over));
    }
    trouble.failed(why, now);
  }

  /** Notes a success of a target; cheap while no target fails. */
  public void connected(Target target, long now) {
    if (!troubles.isEmpty()) {
      String hostPort = target.hostPort();
      ThrottledWarning trouble = troubles.get(hostPort);
      if (trouble != null && trouble.recovered(now)) {
        troubles.remove(hostPort, trouble);
      }
    }
  }
}
