package io.lbtk.core.health;

import io.lbtk.api.HealthCheck;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.core.part.TaskExecutor;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks one target periodically, and reports when it goes up or down. Before the first result its
 * state is unknown, and nothing is reported.
 */
public final class HealthMonitor implements AutoCloseable {

  /** The jitter of the interval, so that the checks of many targets spread out. */
  private static final double JITTER = 0.05;

  /** Receives changes, on the monitor's thread. */
  @FunctionalInterface
  public interface Listener {

    /**
     * Called when the target has gone up or down.
     *
     * @param result the result of the last check, with the reason if it is down
     */
    void changed(HealthCheck.Result result);
  }

  private static final Logger log = LoggerFactory.getLogger(HealthMonitor.class);

  private final Target target;
  private final HealthCheck check;
  private final HealthSettings settings;
  private final TaskExecutor thread;
  private final Ticker ticker;
  private final Listener listener;
  private @Nullable Boolean up;
  private int differing;
  private Future<?> next = CompletableFuture.completedFuture(null);
  private @Nullable CompletableFuture<HealthCheck.Result> underWay;
  private volatile boolean closed;

  /**
   * Creates a monitor, which checks nothing yet.
   *
   * @param check the check, which the caller closes
   * @param thread the executor of the checks and the listener; the caller closes it
   */
  public HealthMonitor(
      Target target,
      HealthCheck check,
      HealthSettings settings,
      TaskExecutor thread,
      Ticker ticker,
      Listener listener) {
    this.target = target;
    this.check = check;
    this.settings = settings;
    this.thread = thread;
    this.ticker = ticker;
    this.listener = listener;
  }

  /** Starts with an immediate check. */
  public void start() {
    thread.execute(this::checkNow);
  }

  private void checkNow() {
    if (closed) {
      return;
    }
    long start = ticker.nanoTime();
    CompletableFuture<HealthCheck.Result> result = check();
    underWay = result;
    Future<?> limit =
        thread.schedule(() -> result.complete(tooLate()), settings.timeout().multipliedBy(2));
    var unused =
        result.whenCompleteAsync(
            (done, failure) -> {
              limit.cancel(false);
              ended(done == null ? HealthCheck.Result.fail("" + failure) : done, start);
            },
            thread);
  }

  /** Runs the check. Exceptions and errors become a failed result. */
  private CompletableFuture<HealthCheck.Result> check() {
    try {
      return Objects.requireNonNull(
          check.check(target, settings.timeout()), "the check returned null");
    } catch (Throwable e) {
      log.debug("{}: the check of {} failed", thread.name(), target.hostPort(), e);
      return CompletableFuture.completedFuture(HealthCheck.Result.fail("the check failed: " + e));
    }
  }

  /** Enforces the timeout, for a check that does not keep to it itself. */
  private HealthCheck.Result tooLate() {
    return HealthCheck.Result.fail(
        "no result within %d ms".formatted(settings.timeout().toMillis()));
  }

  private void ended(HealthCheck.Result result, long start) {
    if (closed) {
      return;
    }
    try {
      count(result);
    } catch (Throwable e) {
      log.error(
          "{}: a change of {} could not be told; it will be with the next result",
          thread.name(),
          target.hostPort(),
          e);
    }
    double part = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    Duration interval = Duration.ofNanos((long) (settings.interval().toNanos() * part));
    long left = interval.toNanos() - (ticker.nanoTime() - start);
    next = thread.schedule(this::checkNow, Duration.ofNanos(Math.max(0, left)));
  }

  private void count(HealthCheck.Result result) {
    if (up != null && up == result.passed()) {
      differing = 0;
      return;
    }
    differing++;
    int wanted = result.passed() ? (up == null ? 1 : settings.rise()) : settings.fall();
    if (differing >= wanted || up == null) {
      listener.changed(result);
      up = result.passed();
      differing = 0;
    }
  }

  /**
   * Stops the monitor and cancels a check in progress. At most one more change may be reported. A
   * second call does nothing.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    thread.execute(
        () -> {
          next.cancel(false);
          CompletableFuture<?> running = underWay;
          if (running != null) {
            running.cancel(true);
          }
        });
  }
}
