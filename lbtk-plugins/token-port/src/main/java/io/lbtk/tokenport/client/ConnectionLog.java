package io.lbtk.tokenport.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the state changes of all connections to one address: once when it cannot be connected to,
 * and once when it can. Connections that break again and again are logged once, and logged as
 * working only after one has lasted for {@link #STABLE}. Thread-safe.
 */
final class ConnectionLog {

  /** Duration after which a connection counts as stable. */
  static final Duration STABLE = Duration.ofSeconds(5);

  /**
   * Maximum number of distinct errors of the other end that are logged until a stable connection.
   */
  private static final int MAX_ERRORS = 8;

  private static final Logger log = LoggerFactory.getLogger(ConnectionLog.class);

  private final String name;
  private final Set<String> errors = new HashSet<>();
  private @Nullable String lastFailure;
  private boolean loggedUp;
  private boolean flapping;
  private boolean standby;

  ConnectionLog(String name) {
    this.name = name;
  }

  /** Records that a connection is established. */
  synchronized void up() {
    if (!flapping) {
      logUp("connected");
    }
  }

  /** Records that a connection has lasted for {@link #STABLE}. */
  synchronized void stable() {
    flapping = false;
    errors.clear();
    logUp("connected for %d s now".formatted(STABLE.toSeconds()));
  }

  private void logUp(String line) {
    lastFailure = null;
    if (!loggedUp) {
      loggedUp = true;
      log.info("{}: {}", name, line);
    }
  }

  /** Logs a change of the role that the other end declares. */
  synchronized void role(boolean isStandby) {
    if (standby == isStandby) {
      return;
    }
    standby = isStandby;
    if (isStandby) {
      log.warn(
          "{}: the other end is a standby and gives no tokens, such as a generator that has not read"
              + " its targets yet",
          name);
    } else {
      log.info("{}: the other end is no longer a standby", name);
    }
  }

  /** Records that a connection could not be established. */
  synchronized void failed(String reason) {
    logDown("cannot connect: %s; retrying".formatted(reason));
  }

  /** Logs the error with which the other end closes a connection. */
  synchronized void error(String text) {
    if (errors.size() < MAX_ERRORS && errors.add(text)) {
      log.warn("{}: closed by the other end with an error: {}", name, text);
    } else {
      log.debug("{}: closed by the other end with an error: {}", name, text);
    }
  }

  /** Records that an established connection was lost. */
  synchronized void lost(String reason, Duration lived) {
    flapping = lived.compareTo(STABLE) < 0;
    logDown("connection lost: %s; reconnecting".formatted(reason));
  }

  private void logDown(String line) {
    if (lastFailure == null) {
      log.warn("{}: {}", name, line);
    } else if (!lastFailure.equals(line)) {
      log.debug("{}: {}", name, line);
    }
    lastFailure = line;
    loggedUp = false;
  }
}
