package io.lbtk.core.health;

import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import java.time.Duration;
import java.util.List;

/**
 * The interval and the thresholds of a health check: the options that every {@code health.NAME}
 * has, whatever its type.
 *
 * @param interval the time from the start of a check to that of the next, ± 5%
 * @param timeout the time limit of a check
 * @param fall the number of consecutive failures before the target is down
 * @param rise the number of consecutive passes before it is up again; the very first result counts
 *     alone
 */
public record HealthSettings(Duration interval, Duration timeout, int fall, int rise) {

  private static final int MOST_CHECKS = 100;

  /** The interval between checks. */
  public static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofSeconds(2))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("From one check to the next, give or take 5%.");

  /** The time limit of a check. */
  public static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(2))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("How long a check may take.");

  /** The number of failures before a target is down. */
  public static final Option<Integer> FALL =
      Option.integer("fall", 1, MOST_CHECKS)
          .orElse(3)
          .doc("So many checks in a row must fail before the target is down.");

  /** The number of passes before a target is up. */
  public static final Option<Integer> RISE =
      Option.integer("rise", 1, MOST_CHECKS)
          .orElse(2)
          .doc(
              "So many checks in a row must pass before it is up again; the first of all counts alone.");

  /** Returns all of the options. */
  public static List<Option<?>> options() {
    return List.of(INTERVAL, TIMEOUT, FALL, RISE);
  }

  /** Returns the settings with the values of {@link #options}. */
  public static HealthSettings of(Settings settings) {
    return new HealthSettings(
        settings.get(INTERVAL), settings.get(TIMEOUT), settings.get(FALL), settings.get(RISE));
  }

  /** Returns the defaults. */
  public static HealthSettings defaults() {
    return new HealthSettings(
        INTERVAL.defaultValue().orElseThrow(),
        TIMEOUT.defaultValue().orElseThrow(),
        FALL.defaultValue().orElseThrow(),
        RISE.defaultValue().orElseThrow());
  }
}
