package io.lbtk.core.settings;

import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The value of an option that comes from files, which are read again for each {@link #get}.
 * Thread-safe.
 */
final class CurrentValue {

  private static final Logger log = LoggerFactory.getLogger(CurrentValue.class);

  private final String key;
  private final Supplier<Object> reading;
  private Object last;
  private String problem = "";

  /**
   * Creates a value.
   *
   * @param key for the log: {@code refresher.web.token}
   * @param reading the read, which throws an IllegalArgumentException without the value in its
   *     message if there is none
   */
  CurrentValue(String key, Object first, Supplier<Object> reading) {
    this.key = key;
    this.last = first;
    this.reading = reading;
  }

  /** Returns the current value, or the last one if it cannot be read. */
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
