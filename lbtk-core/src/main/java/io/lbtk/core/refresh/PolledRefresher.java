package io.lbtk.core.refresh;

import io.lbtk.api.Context;
import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Ticker;
import io.lbtk.core.part.Backoff;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a source repeatedly and reports the results: at intervals, and, if the source supports it,
 * soon after a hint of a change. A hint only triggers a read, so it may be lost, late, or repeated.
 * A refresher of nearly any source can be built from this class and a {@link Source}. Plugins may
 * use it too, also from the plugin folder:
 *
 * <pre>{@code
 * public Refresher create(Settings settings, Context context) {
 *   return PolledRefresher.of(new MySource(settings.get(URL)), settings.get(INTERVAL), context);
 * }
 * }</pre>
 *
 * <p>It reads and reports on its executor.
 */
public final class PolledRefresher implements Refresher {

  private static final Logger log = LoggerFactory.getLogger(PolledRefresher.class);

  /** A source that can be read. */
  public interface Source extends AutoCloseable {

    /**
     * Returns how changes of this source are detected. A source that is {@link Mode#PUSHED} hints
     * at every change, and after a failure is read again before the interval has passed.
     */
    default Mode mode() {
      return Mode.POLLED;
    }

    /**
     * Starts to watch the source, if it supports that. Called once, before the first read, on the
     * executor of the refresher; must not block for long, and must not throw: failures are reported
     * by {@link #read}.
     *
     * @param changed the task to run when the source may have changed, from any thread and any
     *     number of times: the next read begins soon after
     */
    default void watch(Runnable changed) {}

    /**
     * Reads the whole source once. Called on the executor of the refresher, one call at a time; may
     * block, for a limited time. Anything that it throws is reported as an unexpected failure.
     *
     * @return a snapshot, or a failure; or, where the last read gave no failure, the difference to
     *     that
     */
    Refresh read();

    /**
     * Returns the time from the start of the last read to that of the next, unless the source hints
     * before; the interval by default. Called after each read, on the executor; ignored after a
     * failure of a source that is {@link Mode#PUSHED}.
     *
     * @param interval the interval of the refresher, which is the longest useful time
     */
    default Duration next(Duration interval) {
      return interval;
    }

    /** Ends a read in progress, and releases all resources. Called from any thread, once. */
    @Override
    void close();
  }

  /** The shortest time between reads after a burst of hints. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final Duration SOONEST_RETRY = Duration.ofMillis(250);
  private static final Duration LATEST_RETRY = Duration.ofSeconds(5);

  private final String name;
  private final Source source;
  private final Duration interval;
  private final Ticker ticker;
  private final TaskExecutor thread;
  private final Mode mode;
  private final Repeats repeats;
  private final Backoff backoff = new Backoff(SOONEST_RETRY, LATEST_RETRY);
  private final ReportGate gate = new ReportGate();

  /** Set from a hint until the read that it triggers begins. */
  private final AtomicBoolean hinted = new AtomicBoolean();

  private Future<?> next = CompletableFuture.completedFuture(null);
  private long lastRead;

  private PolledRefresher(Builder<?> builder, String name, TaskExecutor thread) {
    this.name = name;
    this.source = builder.source();
    this.mode = source.mode();
    this.repeats = new Repeats(mode);
    this.interval = builder.interval;
    this.ticker = builder.ticker;
    this.thread = thread;
  }

  /**
   * Creates a refresher of a source, with the name, the executor and the clock of its part.
   *
   * @param source the source, closed with the refresher
   * @param interval from the start of one read to that of the next, as {@link Builder#interval}
   * @throws IllegalArgumentException if the interval is not more than 0
   */
  public static PolledRefresher of(Source source, Duration interval, Context context) {
    return new SourceBuilder(source)
        .name(context.name())
        .scheduler(context.scheduler())
        .ticker(context.ticker())
        .interval(interval)
        .build();
  }

  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
    thread.execute(this::begin);
  }

  private void begin() {
    if (!gate.isClosed()) {
      try {
        source.watch(this::hint);
      } catch (Throwable e) {
        log.error("{}: no watch on the source; it is only read at intervals", name, e);
      }
      lastRead = ticker.nanoTime() - PAUSE.toNanos();
      poll();
    }
  }

  private void hint() {
    if (!hinted.getAndSet(true)) {
      thread.execute(this::pollSoon);
    }
  }

  private void pollSoon() {
    next.cancel(false);
    Duration rest = PAUSE.minusNanos(ticker.nanoTime() - lastRead);
    if (rest.isNegative() || rest.isZero()) {
      poll();
    } else {
      next = thread.schedule(this::poll, rest);
    }
  }

  private void poll() {
    if (gate.isClosed()) {
      return;
    }
    hinted.set(false);
    long start = ticker.nanoTime();
    Refresh read = read();
    lastRead = ticker.nanoTime();
    report(read);
    if (!gate.isClosed()) {
      Duration left = untilNext(read).minusNanos(ticker.nanoTime() - start);
      next = thread.schedule(this::poll, left.isNegative() ? Duration.ZERO : left);
    }
  }

  private void report(Refresh read) {
    try {
      if (repeats.isNews(read)) {
        gate.report(read);
      }
    } catch (Throwable e) {
      repeats.forget();
      log.error("{}: a report could not be taken over; the next one will be", name, e);
    }
  }

  private Duration untilNext(Refresh read) {
    Duration regular = regularly();
    if (mode == Mode.POLLED || !(read instanceof Refresh.Failure)) {
      backoff.reset();
      return regular;
    }
    // The source has failed, so its own interval does not apply: it is retried with a backoff.
    Duration retry = backoff.next();
    return retry.compareTo(interval) < 0 ? retry : interval;
  }

  private Duration regularly() {
    try {
      return Objects.requireNonNull(source.next(interval), "the source returned null");
    } catch (Throwable e) {
      log.error("{}: the source does not say when to read it; it is after the interval", name, e);
      return interval;
    }
  }

  /** Reads the source. Exceptions and errors become a failure report, and reading continues. */
  private Refresh read() {
    try {
      return Objects.requireNonNull(source.read(), "the source returned null");
    } catch (Throwable e) {
      return Refresh.failure(name + " cannot be read: " + e, e);
    }
  }

  @Override
  public Mode mode() {
    return mode;
  }

  @Override
  public void close() {
    if (gate.close()) {
      source.close();
      thread.close();
    }
  }

  /**
   * Builds a refresher that polls.
   *
   * @param <B> the builder
   */
  public abstract static class Builder<B extends Builder<B>> extends ComponentBuilder<B> {

    private Duration interval = Duration.ofSeconds(5);
    private Ticker ticker = Ticker.system();

    /**
     * Creates a builder.
     *
     * @param type the name in the log, unless another is given
     */
    protected Builder(String type) {
      super(type);
    }

    /** Creates the source, which the refresher closes. */
    protected abstract Source source();

    /** Returns the clock of the refresher, for a source that measures time. */
    protected final Ticker ticker() {
      return ticker;
    }

    /**
     * Sets the time from the start of one read to that of the next, unless the source hints at a
     * change before; 5 seconds by default. A read that takes longer is followed by the next at
     * once.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public final B interval(Duration interval) {
      this.interval = positive("interval", interval);
      return self();
    }

    /** Sets the clock, which must match the scheduler. By default the system clock. */
    public final B ticker(Ticker ticker) {
      this.ticker = Objects.requireNonNull(ticker, "ticker");
      return self();
    }

    /** Returns the refresher, not started yet. */
    public final PolledRefresher build() {
      return new PolledRefresher(this, name(), thread());
    }
  }

  /** Builds a refresher of an existing source. */
  private static final class SourceBuilder extends Builder<SourceBuilder> {

    private final Source source;

    SourceBuilder(Source source) {
      super("refresher");
      this.source = source;
    }

    @Override
    protected SourceBuilder self() {
      return this;
    }

    @Override
    protected Source source() {
      return source;
    }
  }
}
