package io.lbtk.core.part;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * What the builders of parts that work on a thread have in common: a name, and where the part does
 * its work.
 *
 * @param <B> the builder
 */
public abstract class ComponentBuilder<B extends ComponentBuilder<B>> {

  private String name;
  private @Nullable ScheduledExecutorService scheduler;

  /**
   * A builder.
   *
   * @param name the name in the log, unless another is given
   */
  protected ComponentBuilder(String name) {
    this.name = name;
  }

  /** This builder. */
  protected abstract B self();

  /** The name in the log: {@code refresher.backends}. By default the type of the part. */
  public final B name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return self();
  }

  /**
   * The executor to work on, whose tasks run one at a time and may block. It stays the caller's. By
   * default the part has a daemon thread of its own, while it runs.
   */
  public final B scheduler(ScheduledExecutorService scheduler) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    return self();
  }

  /**
   * Checks a length of time.
   *
   * @param option its name in the settings, for the error
   * @throws IllegalArgumentException if it is not more than 0
   */
  protected static Duration positive(String option, Duration time) {
    if (time.isZero() || time.isNegative()) {
      throw new IllegalArgumentException("%s %s (expected: more than 0)".formatted(option, time));
    }
    return time;
  }

  /** The name in the log. */
  protected final String name() {
    return name;
  }

  /** Where the part that is built does its work; it closes this with itself. */
  protected final TaskExecutor thread() {
    return new TaskExecutor(name, scheduler);
  }
}
