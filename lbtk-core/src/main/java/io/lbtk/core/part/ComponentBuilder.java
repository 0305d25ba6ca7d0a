package io.lbtk.core.part;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * A base class for builders of parts that work on an executor: holds their name and executor.
 *
 * @param <B> the builder
 */
public abstract class ComponentBuilder<B extends ComponentBuilder<B>> {

  private String name;
  private @Nullable ScheduledExecutorService scheduler;

  /**
   * Creates a builder.
   *
   * @param name the name in the log, unless another is given
   */
  protected ComponentBuilder(String name) {
    this.name = name;
  }

  /** Returns this builder. */
  protected abstract B self();

  /** Sets the name in the log: {@code refresher.backends}. By default the type of the part. */
  public final B name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return self();
  }

  /**
   * Sets the executor, which must run its tasks one at a time; the tasks may block. The caller
   * closes it. By default the part has a daemon thread of its own while it runs.
   */
  public final B scheduler(ScheduledExecutorService scheduler) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    return self();
  }

  /**
   * Checks a duration.
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

  /** Returns the name in the log. */
  protected final String name() {
    return name;
  }

  /** Returns the executor of the part that is built; the part closes it. */
  protected final TaskExecutor thread() {
    return new TaskExecutor(name, scheduler);
  }
}
