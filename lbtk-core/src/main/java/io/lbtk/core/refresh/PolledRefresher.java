package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Ticker;
import java.time.Duration;
import java.util.Objects;

/**
 * Reads a source whole, again and again, and reports what it reads. A refresher whose source cannot
 * tell of its changes is one of these, and a {@link Source}.
 *
 * <p>It reads and reports on its executor.
 */
public final class PolledRefresher implements Refresher {

  /** What is read. */
  public interface Source extends AutoCloseable {

    /**
     * Reads all of it, once. Called on the executor of the refresher, one call at a time; may
     * block, for a limited time. What is thrown is reported as a failure that nobody has foreseen.
     *
     * @return a snapshot, or a failure
     */
    Refresh read();

    /**
     * How long from the start of the last read to that of the next; the interval by default. Called
     * after each read, on the executor.
     *
     * @param interval of the refresher: it need not be waited for longer
     */
    default Duration next(Duration interval) {
      return interval;
    }

    /**
     * Ends a read that is under way, and gives back what was held. Called from any thread, once.
     */
    @Override
    void close();
  }

  private final String name;
  private final Source source;
  private final Duration interval;
  private final Ticker ticker;
  private final RefresherThread thread;
  private final Repeats repeats = new Repeats(Mode.POLLED);
  private final ReportGate gate = new ReportGate();

  private PolledRefresher(Builder<?> builder) {
    this.name = builder.name();
    this.source = builder.source();
    this.interval = builder.interval;
    this.ticker = builder.ticker;
    this.thread = builder.thread();
  }

  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
    var unused = thread.schedule(this::poll, Duration.ZERO);
  }

  private void poll() {
    if (gate.isClosed()) {
      return;
    }
    long start = ticker.nanoTime();
    Refresh read = read();
    if (repeats.isNews(read)) {
      gate.report(read);
    }
    if (!gate.isClosed()) {
      Duration left = source.next(interval).minusNanos(ticker.nanoTime() - start);
      var unused = thread.schedule(this::poll, left.isNegative() ? Duration.ZERO : left);
    }
  }

  private Refresh read() {
    try {
      return source.read();
    } catch (RuntimeException e) {
      return Refresh.failure(name + " cannot be read: " + e, e);
    }
  }

  @Override
  public Mode mode() {
    return Mode.POLLED;
  }

  @Override
  public void close() {
    if (gate.close()) {
      source.close();
      thread.close();
    }
  }

  /**
   * Makes a refresher that polls.
   *
   * @param <B> the builder
   */
  public abstract static class Builder<B extends Builder<B>> extends RefresherBuilder<B> {

    private Duration interval = Duration.ofSeconds(5);
    private Ticker ticker = Ticker.system();

    /**
     * A builder.
     *
     * @param type the name in the log, unless another is given
     */
    protected Builder(String type) {
      super(type);
    }

    /** Makes the source, which the refresher closes. */
    protected abstract Source source();

    /**
     * From the start of one read to that of the next; 5 seconds by default. A read that takes
     * longer is followed by the next at once.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public final B interval(Duration interval) {
      this.interval = positive("interval", interval);
      return self();
    }

    /** The clock; it goes with the scheduler. By default that of the machine. */
    public final B ticker(Ticker ticker) {
      this.ticker = Objects.requireNonNull(ticker, "ticker");
      return self();
    }

    /** The refresher, not started yet. */
    public final PolledRefresher build() {
      return new PolledRefresher(this);
    }
  }
}
