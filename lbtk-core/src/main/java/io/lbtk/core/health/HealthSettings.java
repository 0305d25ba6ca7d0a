package io.lbtk.core.health;

import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How often a target is checked, and how many results count. The options that every {@code
 * health.NAME} has, whatever its type.
 *
 * @param interval from the start of a check to that of the next, give or take 5%
 * @param timeout how long a check may take
 * @param fall so many checks in a row must fail before the target is down
 * @param rise so many in a row must pass before it is up again; the first result of all counts
 *     alone
 */
public record HealthSettings(Duration interval, Duration timeout, int fall, int rise) {

  private static final int MOST_CHECKS = 100;

  /** From one check to the next. */
  public static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofSeconds(2))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("From one check to the next, give or take 5%.");

  /** How long a check may take. */
  public static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(2))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("How long a check may take.");

  /** So many must fail. */
  public static final Option<Integer> FALL =
      Option.integer("fall", 1, MOST_CHECKS)
          .orElse(3)
          .doc("So many checks in a row must fail before the target is down.");

  /** So many must pass. */
  public static final Option<Integer> RISE =
      Option.integer("rise", 1, MOST_CHECKS)
          .orElse(2)
          .doc(
              "So many checks in a row must pass before it is up again; the first of all counts alone.");

  /** All of the options. */
  public static List<Option<?>> options() {
    return List.of(INTERVAL, TIMEOUT, FALL, RISE);
  }

  /** What the values of {@link #options} say. */
  public static HealthSettings of(Settings settings) {
    return new HealthSettings(
        settings.get(INTERVAL), settings.get(TIMEOUT), settings.get(FALL), settings.get(RISE));
  }

  /** The defaults. */
  public static HealthSettings defaults() {
    return new HealthSettings(
        INTERVAL.defaultValue().orElseThrow(),
        TIMEOUT.defaultValue().orElseThrow(),
        FALL.defaultValue().orElseThrow(),
        RISE.defaultValue().orElseThrow());
  }
}
