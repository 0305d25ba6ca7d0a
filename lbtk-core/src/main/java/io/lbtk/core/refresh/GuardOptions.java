package io.lbtk.core.refresh;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.Settings;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** The options that every {@code refresher.NAME} has, whatever its type. */
public final class GuardOptions {

  static final Duration DEFAULT_DEBOUNCE = Duration.ofMillis(100);

  /** The reaction to a source that cannot be read. */
  public static final Option<OnError> ON_ERROR =
      Option.choice("on-error", OnError.class)
          .orElse(OnError.KEEP)
          .doc("When the source cannot be read: keep the last targets, or clear them.");

  /** The reaction to a set that became empty. */
  public static final Option<OnEmpty> ON_EMPTY =
      Option.choice("on-empty", OnEmpty.class)
          .doc(
              "When the source lists no target any more: confirm (believe it after 3 reads in a row"
                  + " where it is polled, after 30s where it is pushed), keep the last targets, or"
                  + " accept at once. By default confirm; accept for static, stdin, merge and"
                  + " weigh-by.");

  /** The time for which changes are merged. */
  public static final Option<Duration> DEBOUNCE =
      Option.duration("debounce")
          .orElse(DEFAULT_DEBOUNCE)
          .doc(
              "A first change counts at once; those that follow within this time become one."
                  + " 0 passes each on at once.");

  /** The percentage of targets that may be removed at once. */
  public static final Option<Integer> MAX_SHRINK =
      Option.integer("max-shrink", 0, 100)
          .doc(
              "If more than this percentage of the targets go away at once, a second read has to"
                  + " say the same, or 30s have to go by. Off by default.");

  private GuardOptions() {}

  /** Returns all of these options. */
  public static List<Option<?>> all() {
    return List.of(ON_ERROR, ON_EMPTY, DEBOUNCE, MAX_SHRINK);
  }

  /**
   * Wraps a refresher in the guards.
   *
   * @param inner the refresher; the result starts and closes it
   * @param settings the values of {@link #all()}
   * @param context the context of the same part: its name, scheduler and clock are used
   */
  public static Refresher guard(Refresher inner, Settings settings, Context context) {
    GuardedRefresher.Builder builder =
        GuardedRefresher.builder(inner)
            .name(context.name())
            .scheduler(context.scheduler())
            .ticker(context.ticker())
            .onError(settings.get(ON_ERROR))
            .debounce(settings.get(DEBOUNCE))
            .maxShrink(
                settings.find(MAX_SHRINK).map(OptionalInt::of).orElseGet(OptionalInt::empty));
    settings.find(ON_EMPTY).ifPresent(builder::onEmpty);
    return builder.build();
  }
}
