package io.lbtk.proxy.token;

import io.lbtk.api.Target;
import io.lbtk.net.ThrottledWarning;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/** Says of each target once what goes wrong with it, and once that it is over. Thread-safe. */
public final class TargetTroubles {

  /** More targets than these are not told one by one. */
  private static final int MAX = 1000;

  private final Logger log;
  private final String who;
  private final String over;
  private final Map<String, ThrottledWarning> troubles = new ConcurrentHashMap<>();

  /**
   * Creates a log of troubles without any.
   *
   * @param who whose troubles they are: {@code proxy.front}
   * @param over what to say of a target when its trouble is over
   */
  public TargetTroubles(Logger log, String who, String over) {
    this.log = log;
    this.who = who;
    this.over = over;
  }

  /** It went wrong with a target once more. */
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

  /** It went well with a target; cheap while there is no trouble with any. */
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
