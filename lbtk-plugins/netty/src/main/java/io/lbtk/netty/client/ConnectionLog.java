package io.lbtk.netty.client;

import io.lbtk.api.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Says once that a connection is not there, and once that it is. One that is made and breaks again
 * and again is said to be so once, and to be there when it has held for some time.
 */
final class ConnectionLog {

  /** A connection that broke sooner was none to speak of. */
  static final Duration STABLE = Duration.ofSeconds(5);

  private final Logger log;
  private final String name;
  private final Ticker ticker;

  private @Nullable String said;
  private boolean up;
  private boolean flapping;
  private long upSince;

  ConnectionLog(Logger log, String name, Ticker ticker) {
    this.log = log;
    this.name = name;
    this.ticker = ticker;
  }

  /** The connection works. */
  void up() {
    up = true;
    upSince = ticker.nanoTime();
    if (!flapping) {
      log.info("{}: connected", name);
      said = null;
    }
  }

  /** The connection has worked for {@link #STABLE}. */
  void stable() {
    if (up && flapping) {
      flapping = false;
      said = null;
      log.info("{}: connected", name);
    }
  }

  /** There is no connection, or no more, for this reason. */
  void down(String reason) {
    boolean wasUp = up;
    up = false;
    if (wasUp) {
      flapping = ticker.nanoTime() - upSince < STABLE.toNanos();
    }
    if (said == null) {
      said = reason;
      log.warn(
          wasUp
              ? "{}: connection lost: {}; tried again until it is back"
              : "{}: not there yet: {}; tried again until it is",
          name,
          reason);
    } else if (!said.equals(reason)) {
      said = reason;
      log.debug("{}: {}", name, reason);
    }
  }
}
