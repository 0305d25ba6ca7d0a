package io.lbtk.core.register;

import io.lbtk.api.HealthCheck;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.core.health.HealthMonitor;
import io.lbtk.core.health.HealthSettings;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a target registered in a directory while its check passes, or until close if there is no
 * check.
 *
 * <pre>{@code
 * Registration registration =
 *     Registration.builder(Target.of("10.0.0.1", 80), registrar).check(check).build();
 * registration.start();
 * …
 * registration.close();
 * }</pre>
 *
 * <p>Thread-safe; only {@link #close} blocks.
 */
public final class Registration implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Registration.class);

  private final String name;
  private final Target target;
  private final Registrar registrar;
  private final @Nullable HealthCheck check;
  private final TaskExecutor thread;
  private final @Nullable HealthMonitor monitor;

  /** Set once it was withdrawn or closed. Guarded by this. */
  private boolean over;

  private Registration(Builder builder, String name, TaskExecutor thread) {
    this.name = name;
    this.target = builder.target;
    this.registrar = builder.registrar;
    this.check = builder.check;
    this.thread = thread;
    this.monitor =
        check == null
            ? null
            : new HealthMonitor(
                target, check, builder.health, thread, builder.ticker, this::changed);
  }

  /**
   * Returns a builder.
   *
   * @param registrar the registrar of the entry, closed with the registration
   */
  public static Builder builder(Target target, Registrar registrar) {
    return new Builder(target, registrar);
  }

  /**
   * Registers the target, at once or when its check has passed. Called once; does nothing if the
   * target was withdrawn before.
   */
  public synchronized void start() {
    if (over) {
      return;
    }
    if (monitor == null) {
      var unused = registrar.register(target);
    } else {
      monitor.start();
    }
  }

  private void changed(HealthCheck.Result result) {
    if (result.passed()) {
      log.info("{}: {} works", name, target.hostPort());
      var unused = registrar.register(target);
    } else {
      log.warn("{}: {} does not work: {}", name, target.hostPort(), result.reason());
      var unused = registrar.withdraw();
    }
  }

  /**
   * Withdraws the target for good, before the service itself is stopped.
   *
   * @return a future that completes when the entry is removed
   */
  public CompletableFuture<Void> withdraw() {
    end();
    if (monitor != null) {
      monitor.close();
    }
    // Results that the monitor reported before are handled first.
    return CompletableFuture.supplyAsync(registrar::withdraw, thread).thenCompose(gone -> gone);
  }

  private synchronized void end() {
    over = true;
  }

  /** Withdraws the target, and waits at most a few seconds for that. A second call does nothing. */
  @Override
  public void close() {
    end();
    if (monitor != null) {
      monitor.close();
    }
    thread.close();
    try {
      registrar.close();
    } finally {
      if (check != null) {
        check.close();
      }
    }
  }

  /** Builds a registration. */
  public static final class Builder extends ComponentBuilder<Builder> {

    private final Target target;
    private final Registrar registrar;
    private @Nullable HealthCheck check;
    private HealthSettings health = HealthSettings.defaults();
    private Ticker ticker = Ticker.system();

    private Builder(Target target, Registrar registrar) {
      super("register");
      this.target = Objects.requireNonNull(target, "target");
      this.registrar = Objects.requireNonNull(registrar, "registrar");
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the clock, which must match the scheduler. By default the system clock. */
    public Builder ticker(Ticker ticker) {
      this.ticker = Objects.requireNonNull(ticker, "ticker");
      return this;
    }

    /** Sets the check that must pass; it is closed with the registration. */
    public Builder check(HealthCheck check) {
      this.check = Objects.requireNonNull(check, "check");
      return this;
    }

    /** Sets the interval and the thresholds of the check. */
    public Builder health(HealthSettings health) {
      this.health = Objects.requireNonNull(health, "health");
      return this;
    }

    /** Returns the registration, not started yet. */
    public Registration build() {
      return new Registration(this, name(), thread());
    }
  }
}
