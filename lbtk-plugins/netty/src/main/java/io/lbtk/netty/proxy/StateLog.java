package io.lbtk.netty.proxy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once that something fails, and once that it works again, however many connections meet it.
 * Thread-safe.
 */
final class StateLog {

  private static final Logger log = LoggerFactory.getLogger(StateLog.class);

  /** More than so many failing things at a time are not told one by one. */
  private static final int MAX_FAILING = 1000;

  private final String part;
  private final Map<String, String> failing = new ConcurrentHashMap<>();

  /** A log for one part, whose name begins each line. */
  StateLog(String part) {
    this.part = part;
  }

  /** The thing fails, for this reason: said if it did not fail before, or for another reason. */
  void fails(String thing, String reason) {
    if (reason.equals(failing.get(thing)) || failing.size() >= MAX_FAILING) {
      return;
    }
    if (!reason.equals(failing.put(thing, reason))) {
      log.warn("{}: {}: {}", part, thing, reason);
    }
  }

  /** The thing works: said if it failed before. */
  void works(String thing) {
    if (!failing.isEmpty() && failing.remove(thing) != null) {
      log.info("{}: {} works again", part, thing);
    }
  }
}
