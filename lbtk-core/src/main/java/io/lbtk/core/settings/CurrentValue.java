package io.lbtk.core.settings;

import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The value of an option that comes from files, which is read again each time that it is asked for.
 * Thread-safe.
 */
final class CurrentValue {

  private static final Logger log = LoggerFactory.getLogger(CurrentValue.class);

  private final String key;
  private final Supplier<Object> reading;
  private Object last;
  private String problem = "";

  /**
   * A value that was read before.
   *
   * @param key for the log: {@code refresher.web.token}
   * @param reading throws an IllegalArgumentException if there is no value; the message does not
   *     repeat any
   */
  CurrentValue(String key, Object first, Supplier<Object> reading) {
    this.key = key;
    this.last = first;
    this.reading = reading;
  }

  /** Returns the value as it is now, or the last one where it cannot be read. */
  synchronized Object get() {
    try {
      last = reading.get();
      problem = "";
    } catch (IllegalArgumentException e) {
      String now = String.valueOf(e.getMessage());
      if (!Objects.equals(problem, now)) {
        log.warn("{}: {}; its last value stays", key, now);
      }
      problem = now;
    }
    return last;
  }
}
