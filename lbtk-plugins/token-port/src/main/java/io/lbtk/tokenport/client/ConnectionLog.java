package io.lbtk.tokenport.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once that an address cannot be connected to, and once that it can, for all connections to
 * it. Where connections are made and break again and again, that is said once, and that they work
 * when one has held for some time. Thread-safe.
 */
final class ConnectionLog {

  /** A connection that broke sooner was none to speak of. */
  static final Duration STABLE = Duration.ofSeconds(5);

  /** The most different errors of the other end that are logged until a connection has held. */
  private static final int MAX_ERRORS = 8;

  private static final Logger log = LoggerFactory.getLogger(ConnectionLog.class);

  private final String name;
  private final Set<String> errors = new HashSet<>();
  private @Nullable String said;
  private boolean saidUp;
  private boolean flapping;
  private boolean standby;

  ConnectionLog(String name) {
    this.name = name;
  }

  /** A connection works. */
  synchronized void up() {
    if (!flapping) {
      sayUp("connected");
    }
  }

  /** A connection has worked for {@link #STABLE}. */
  synchronized void stable() {
    flapping = false;
    errors.clear();
    sayUp("connected for %d s now".formatted(STABLE.toSeconds()));
  }

  private void sayUp(String line) {
    said = null;
    if (!saidUp) {
      saidUp = true;
      log.info("{}: {}", name, line);
    }
  }

  /** Logs what the other end says of itself, where that is not what it said last. */
  synchronized void role(boolean isStandby) {
    if (standby == isStandby) {
      return;
    }
    standby = isStandby;
    if (isStandby) {
      log.warn(
          "{}: a standby, such as a generator that has not read its targets yet: gives no tokens",
          name);
    } else {
      log.info("{}: no standby any more, gives tokens", name);
    }
  }

  /** A connection could not be made. */
  synchronized void failed(String reason) {
    sayDown("not there yet: %s; tried again until it is".formatted(reason));
  }

  /** Logs why the other end is about to close a connection, in its own words. */
  synchronized void error(String text) {
    if (errors.size() < MAX_ERRORS && errors.add(text)) {
      log.warn("{}: it closes the connection with an error: {}", name, text);
    } else {
      log.debug("{}: it closes the connection with an error: {}", name, text);
    }
  }

  /** A connection that worked is over. */
  synchronized void lost(String reason, Duration lived) {
    flapping = lived.compareTo(STABLE) < 0;
    sayDown("connection lost: %s; tried again until it is back".formatted(reason));
  }

  private void sayDown(String line) {
    if (said == null) {
      log.warn("{}: {}", name, line);
    } else if (!said.equals(line)) {
      log.debug("{}: {}", name, line);
    }
    said = line;
    saidUp = false;
  }
}
