package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Ticker;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A refresher with the guards that every one gets, in this order:
 *
 * <ol>
 *   <li>the same host:port twice in one list: the last one counts;
 *   <li>a set that is empty, or much smaller than before, is held back until it is confirmed;
 *   <li>failures are logged, once each, and go no further: the last targets stay, or are cleared;
 *   <li>what says nothing new ends here;
 *   <li>changes that follow each other closely become one;
 *   <li>what the listener fails to take over, it has again.
 * </ol>
 *
 * <pre>{@code
 * Refresher guarded =
 *     GuardedRefresher.builder(refresher)
 *         .name("refresher.backends")
 *         .maxShrink(OptionalInt.of(50))
 *         .build();
 * }</pre>
 *
 * <p>What it reports needs no further confirmation, so its mode is {@link Mode#STATED}. It reports
 * from the threads of the refresher and from its scheduler, one report at a time.
 */
public final class GuardedRefresher implements Refresher {

  private static final Logger log = LoggerFactory.getLogger(GuardedRefresher.class);

  /** What is pushed, and said for so long, is believed. */
  private static final Duration CONFIRM_TIME = Duration.ofSeconds(30);

  private static final int EMPTY_READS = 3;
  private static final int SHRINK_READS = 2;

  private final Refresher inner;
  private final String name;
  private final TaskExecutor thread;
  private final Ticker ticker;
  private final OnError onError;
  private final @Nullable OnEmpty onEmpty;
  private final Duration debounce;
  private final OptionalInt maxShrink;
  private final ReportGate gate = new ReportGate();

  private GuardedRefresher(Builder builder, String name, TaskExecutor thread) {
    this.inner = builder.inner;
    this.name = name;
    this.thread = thread;
    this.ticker = builder.ticker;
    this.onError = builder.onError;
    this.onEmpty = builder.onEmpty;
    this.debounce = builder.debounce;
    this.maxShrink = builder.maxShrink;
  }

  /**
   * A builder with the default guards.
   *
   * @param inner the refresher to guard; the guarded one starts and closes it
   */
  public static Builder builder(Refresher inner) {
    return new Builder(inner);
  }

  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
    RefreshListener guards = guards(listener);
    gate.startInside(inner, report -> gate.runBetween(() -> onRefresh(guards, report)));
  }

  private void onRefresh(RefreshListener guards, Refresh report) {
    try {
      guards.onRefresh(report);
    } catch (Throwable e) {
      log.error("{}: a report could not be taken over; the next one will be", name, e);
    }
  }

  private RefreshListener guards(RefreshListener listener) {
    GuardTimer timer = new GuardTimer(gate, thread, ticker);
    KnownTargets known = new KnownTargets();
    DeliveryGuard delivery = new DeliveryGuard(name, known, timer, listener);
    RefreshListener debounced =
        debounce.isZero() ? delivery : new DebounceGuard(debounce, timer, delivery);
    RefreshListener failures =
        new FailureGuard(name, onError, known, new UnchangedGuard(delivery, debounced));
    return new DuplicateGuard(name, new ConfirmationGuard(name, doubts(), timer, known, failures));
  }

  private List<Suspicion> doubts() {
    boolean polled = inner.mode() == Mode.POLLED;
    List<Suspicion> doubts = new ArrayList<>();
    switch (onEmpty()) {
      case CONFIRM ->
          doubts.add(
              polled
                  ? new Suspicion.Empty(EMPTY_READS, Duration.ZERO)
                  : new Suspicion.Empty(0, CONFIRM_TIME));
      case KEEP -> doubts.add(new Suspicion.Empty(0, Duration.ZERO));
      case ACCEPT -> {}
    }
    maxShrink.ifPresent(
        percent ->
            doubts.add(new Suspicion.Shrink(percent, polled ? SHRINK_READS : 0, CONFIRM_TIME)));
    return doubts;
  }

  private OnEmpty onEmpty() {
    if (onEmpty != null) {
      return onEmpty;
    }
    return inner.mode() == Mode.STATED ? OnEmpty.ACCEPT : OnEmpty.CONFIRM;
  }

  @Override
  public Mode mode() {
    return Mode.STATED;
  }

  /** Closes the refresher inside too. */
  @Override
  public void close() {
    if (gate.close()) {
      inner.close();
      thread.close();
    }
  }

  /** Makes a guarded refresher. */
  public static final class Builder extends ComponentBuilder<Builder> {

    private final Refresher inner;
    private Ticker ticker = Ticker.system();
    private OnError onError = OnError.KEEP;
    private @Nullable OnEmpty onEmpty;
    private Duration debounce = GuardOptions.DEFAULT_DEBOUNCE;
    private OptionalInt maxShrink = OptionalInt.empty();

    private Builder(Refresher inner) {
      super("refresher");
      this.inner = Objects.requireNonNull(inner, "inner");
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The clock; it goes with the scheduler. By default that of the machine. */
    public Builder ticker(Ticker ticker) {
      this.ticker = Objects.requireNonNull(ticker, "ticker");
      return this;
    }

    /** What becomes of the targets when the source cannot be read; they stay by default. */
    public Builder onError(OnError onError) {
      this.onError = Objects.requireNonNull(onError, "onError");
      return this;
    }

    /**
     * Whether a set that became empty is believed. By default it is at once where the refresher's
     * mode is {@link Mode#STATED}, and has to be confirmed elsewhere.
     */
    public Builder onEmpty(OnEmpty onEmpty) {
      this.onEmpty = Objects.requireNonNull(onEmpty, "onEmpty");
      return this;
    }

    /**
     * How long changes are gathered that follow another change; zero to pass each at once. By
     * default 100 ms.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder debounce(Duration debounce) {
      if (debounce.isNegative()) {
        throw new IllegalArgumentException(
            "debounce %s (expected: not negative)".formatted(debounce));
      }
      this.debounce = debounce;
      return this;
    }

    /**
     * So many percent of the targets may go away at once; if more do, it has to be confirmed: by a
     * second read that says the same, or by 30 seconds. By default any number may. A set that
     * became empty is the matter of {@link #onEmpty} alone.
     *
     * @throws IllegalArgumentException if it is not 0 to 100
     */
    public Builder maxShrink(OptionalInt percent) {
      if (percent.isPresent() && (percent.getAsInt() < 0 || percent.getAsInt() > 100)) {
        throw new IllegalArgumentException(
            "max-shrink %d (expected: 0 to 100)".formatted(percent.getAsInt()));
      }
      this.maxShrink = percent;
      return this;
    }

    /** The guarded refresher, not started yet. */
    public GuardedRefresher build() {
      return new GuardedRefresher(this, name(), thread());
    }
  }
}
