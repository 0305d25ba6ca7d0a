package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A refresher wrapped in the guards that every refresher gets, in this order:
 *
 * <ol>
 *   <li>of targets with the same host:port in one list, the last one counts;
 *   <li>a set that is empty, or much smaller than before, is held back until it is confirmed;
 *   <li>failures are logged, once each, and are not passed on: the last targets stay, or are
 *       cleared;
 *   <li>reports without a change are dropped;
 *   <li>changes in quick succession are merged into one;
 *   <li>reports that the listener failed to handle are delivered again.
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
 * <p>Its reports need no further confirmation, so its mode is {@link Mode#STATED}. It reports from
 * the threads of the refresher and from its scheduler, one report at a time.
 */
public final class GuardedRefresher implements Refresher {

  private static final Logger log = LoggerFactory.getLogger(GuardedRefresher.class);

  /** The time after which a pushed set that is unchanged is confirmed. */
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
   * Returns a builder with the default guards.
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

  /**
   * Drops all but the last of the targets with the same host:port in one list. Each such host:port
   * is logged once, and again only after a list without the duplicate.
   */
  private static final class DuplicateGuard implements RefreshListener {

    private static final int MAX_NAMED = 10;

    private final String name;
    private final RefreshListener next;
    private Set<String> named = Set.of();

    DuplicateGuard(String name, RefreshListener next) {
      this.name = name;
      this.next = next;
    }

    @Override
    public void onRefresh(Refresh refresh) {
      if (refresh instanceof Refresh.Snapshot snapshot) {
        Set<String> doubles = new LinkedHashSet<>();
        List<Target> targets = withoutDoubles(snapshot.targets(), doubles);
        warn(doubles);
        named = doubles;
        next.onRefresh(doubles.isEmpty() ? refresh : Refresh.snapshot(targets));
      } else if (refresh instanceof Refresh.Delta delta && delta.added().size() > 1) {
        Set<String> doubles = new LinkedHashSet<>();
        List<Target> added = withoutDoubles(delta.added(), doubles);
        warn(doubles);
        next.onRefresh(doubles.isEmpty() ? refresh : Refresh.delta(added, delta.removed()));
      } else {
        next.onRefresh(refresh);
      }
    }

    private static List<Target> withoutDoubles(List<Target> targets, Set<String> doubles) {
      AddressSet seen = new AddressSet(targets.size());
      List<Target> unique = new ArrayList<>(targets.size());
      for (int i = targets.size() - 1; i >= 0; i--) {
        Target target = targets.get(i);
        if (seen.add(target)) {
          unique.add(target);
        } else {
          doubles.add(target.hostPort());
        }
      }
      Collections.reverse(unique);
      return unique;
    }

    private void warn(Set<String> doubles) {
      List<String> fresh = doubles.stream().filter(hostPort -> !named.contains(hostPort)).toList();
      fresh.stream()
          .limit(MAX_NAMED)
          .forEach(
              hostPort ->
                  log.warn("{}: {} is listed more than once; the last one counts", name, hostPort));
      if (fresh.size() > MAX_NAMED) {
        log.warn(
            "{}: {} others are listed more than once; the last of each counts",
            name,
            fresh.size() - MAX_NAMED);
      }
    }
  }

  /** Drops reports without a change, unless the listener missed the one before. */
  private static final class UnchangedGuard implements RefreshListener {

    private final DeliveryGuard delivery;
    private final RefreshListener next;
    private @Nullable Refresh last;

    /**
     * Creates a guard.
     *
     * @param delivery the guard that knows whether the last report was delivered
     */
    UnchangedGuard(DeliveryGuard delivery, RefreshListener next) {
      this.delivery = delivery;
      this.next = next;
    }

    @Override
    public void onRefresh(Refresh refresh) {
      if (!delivery.isBehind() && isUnchanged(refresh)) {
        return;
      }
      last = refresh instanceof Refresh.Snapshot ? refresh : null;
      next.onRefresh(refresh);
    }

    private boolean isUnchanged(Refresh refresh) {
      return refresh instanceof Refresh.Delta delta
          ? delta.added().isEmpty() && delta.removed().isEmpty()
          : refresh.equals(last);
    }
  }

  /**
   * Passes the first change at once, and merges those that follow within the window into one, which
   * is passed one window after the last.
   */
  private static final class DebounceGuard implements RefreshListener {

    private final long windowNanos;
    private final GuardTimer timer;
    private final RefreshListener next;
    private final PendingChange deltas = new PendingChange();
    private @Nullable KnownTargets whole;
    private boolean pending;
    private boolean passedBefore;
    private long lastPassed;

    DebounceGuard(Duration window, GuardTimer timer, RefreshListener next) {
      this.windowNanos = window.toNanos();
      this.timer = timer;
      this.next = next;
    }

    @Override
    public void onRefresh(Refresh refresh) {
      long sinceLast = timer.nanoTime() - lastPassed;
      if (!pending && (!passedBefore || sinceLast >= windowNanos)) {
        pass(refresh);
        return;
      }
      gather(refresh);
      if (!pending) {
        pending = true;
        timer.schedule(Duration.ofNanos(windowNanos - sinceLast), this::passGathered);
      }
    }

    /** Merges a report into the pending deltas, or into the pending snapshot if there is one. */
    private void gather(Refresh refresh) {
      if (refresh instanceof Refresh.Snapshot) {
        whole = new KnownTargets();
      }
      if (whole != null) {
        whole.apply(refresh);
      } else if (refresh instanceof Refresh.Delta delta) {
        deltas.add(delta);
      }
    }

    private void passGathered() {
      Refresh gathered = whole != null ? Refresh.snapshot(whole.list()) : deltas.toDelta();
      pending = false;
      whole = null;
      deltas.clear();
      pass(gathered);
    }

    private void pass(Refresh refresh) {
      passedBefore = true;
      lastPassed = timer.nanoTime();
      next.onRefresh(refresh);
    }
  }

  /** Builds a guarded refresher. */
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

    /** Sets the clock, which must match the scheduler. By default the system clock. */
    public Builder ticker(Ticker ticker) {
      this.ticker = Objects.requireNonNull(ticker, "ticker");
      return this;
    }

    /**
     * Sets whether the targets are kept or cleared when the source cannot be read; kept by default.
     */
    public Builder onError(OnError onError) {
      this.onError = Objects.requireNonNull(onError, "onError");
      return this;
    }

    /**
     * Sets whether a set that became empty is accepted. By default it is accepted at once if the
     * refresher's mode is {@link Mode#STATED}, and has to be confirmed otherwise.
     */
    public Builder onEmpty(OnEmpty onEmpty) {
      this.onEmpty = Objects.requireNonNull(onEmpty, "onEmpty");
      return this;
    }

    /**
     * Sets the time for which changes that follow another change are merged; zero to pass each at
     * once. By default 100 ms.
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
     * Sets the percentage of targets that may be removed at once. A larger removal has to be
     * confirmed by an identical second read, or by 30 seconds. By default there is no limit. A set
     * that became empty is handled by {@link #onEmpty} alone.
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

    /** Returns the guarded refresher, not started yet. */
    public GuardedRefresher build() {
      return new GuardedRefresher(this, name(), thread());
    }
  }
}
