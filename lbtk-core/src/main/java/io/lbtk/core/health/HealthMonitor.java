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
 * Checks one target again and again, and tells when it goes up or down. What it is before the first
 * result is not known, and not told.
 */
public final class HealthMonitor implements AutoCloseable {

  /** So much earlier or later is each check, so that those of many targets spread by themselves. */
  private static final double JITTER = 0.05;

  /** Is told of changes, on the monitor's thread. */
  @FunctionalInterface
  public interface Listener {

    /**
     * The target is up now, or down.
     *
     * @param result of the last check: why it is down
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
   * Checks nothing yet.
   *
   * @param check stays the caller's
   * @param thread where it works, and tells; stays the caller's
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

  /** Begins, with a check now. */
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

  /** What a check throws, an Error as well, is a result like any other. */
  private CompletableFuture<HealthCheck.Result> check() {
    try {
      return Objects.requireNonNull(
          check.check(target, settings.timeout()), "the check returned null");
    } catch (Throwable e) {
      log.debug("{}: the check of {} failed", thread.name(), target.hostPort(), e);
      return CompletableFuture.completedFuture(HealthCheck.Result.fail("the check failed: " + e));
    }
  }

  /** For a check that does not keep to its time itself. */
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
   * Ends it; a check that is under way is cancelled. A change may still be told, once at most. A
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
