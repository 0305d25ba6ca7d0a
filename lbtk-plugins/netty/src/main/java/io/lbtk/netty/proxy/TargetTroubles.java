package io.lbtk.netty.proxy;

import io.lbtk.api.Target;
import io.lbtk.netty.Trouble;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/** Says of each target once that it cannot be reached, and once that it can again. Thread-safe. */
final class TargetTroubles {

  /** More targets than these are not told one by one. */
  private static final int MAX = 1000;

  private final Logger log;
  private final String who;
  private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();

  TargetTroubles(Logger log, String who) {
    this.log = log;
    this.who = who;
  }

  /** A target could not be connected to. */
  void failed(String hostPort, String why, long now) {
    Trouble trouble = troubles.get(hostPort);
    if (trouble == null) {
      if (troubles.size() >= MAX) {
        troubles.values().removeIf(old -> old.isOld(now));
        if (troubles.size() >= MAX) {
          return;
        }
      }
      trouble =
          troubles.computeIfAbsent(
              hostPort, key -> new Trouble(log, who + ": target " + key, "can be reached again"));
    }
    trouble.happened(why, now);
  }

  /** A target was connected to; cheap while there is no trouble with any. */
  void connected(Target target, long now) {
    if (!troubles.isEmpty()) {
      String hostPort = target.hostPort();
      Trouble trouble = troubles.get(hostPort);
      if (trouble != null && trouble.wentWell(now)) {
        troubles.remove(hostPort, trouble);
      }
    }
  }
}
