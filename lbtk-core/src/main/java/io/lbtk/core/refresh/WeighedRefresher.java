package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The targets of one refresher, weighted by another one that reports on their hosts, such as their
 * load.
 *
 * <p>A host is found by its address or name, as it is written in both lists, or in the attribute
 * {@code name} of the second. The weight of a target is its own, multiplied by what its host has in
 * proportion to the median of all hosts, which is 1/100 at least and 10 at most; a host that the
 * second list does not have counts as the median. To express small differences in whole numbers,
 * all weights are also multiplied by 100 if none of the list is above 65, or by 10 if none is above
 * 655. No weight exceeds the maximum. A weight of 0 in either list stays 0. The factor of a host is
 * kept while it would change by less than the hysteresis.
 *
 * <p>While the second refresher fails, or lists fewer than two hosts, the targets have the weights
 * of their own list, which is logged once. Its failures are not passed on, and no report waits for
 * it.
 *
 * <p>It reports from the threads of both refreshers, one report at a time.
 */
public final class WeighedRefresher implements Refresher {

  private static final Logger log = LoggerFactory.getLogger(WeighedRefresher.class);

  private static final Refresh NOTHING = Refresh.delta(List.of(), Set.of());

  private final String name;
  private final Refresher of;
  private final Refresher by;
  private final int hysteresis;
  private final ReportGate gate = new ReportGate();
  private final KnownTargets own = new KnownTargets();
  private final KnownTargets told = new KnownTargets();
  private Weighing weighing = new Weighing(HostFactors.NONE, Weighing.FINEST);
  private boolean reported;
  private boolean failing;
  private boolean missed;

  /** Set when the listener threw, so that it needs a snapshot. */
  private boolean behind;

  private WeighedRefresher(Builder builder) {
    this.name = builder.name;
    this.of = builder.of;
    this.by = builder.by;
    this.hysteresis = builder.hysteresis;
  }

  /**
   * Returns a builder. The refresher that it builds starts and closes both.
   *
   * @param of the refresher of the targets
   * @param by the refresher whose weights tell the capacity of the hosts
   */
  public static Builder builder(Refresher of, Refresher by) {
    return new Builder(of, by);
  }

  /**
   * {@inheritDoc} Starts the refresher of the weights first, so that the first report has them if
   * possible.
   */
  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
    gate.startInside(by, report -> gate.runBetween(() -> onWeights(listener, report)));
    if (!gate.isClosed()) {
      gate.startInside(of, report -> gate.runBetween(() -> onTargets(listener, report)));
    }
  }

  private void onTargets(RefreshListener listener, Refresh report) {
    if (report instanceof Refresh.Failure) {
      failing = true;
      listener.onRefresh(report);
    } else if (failing || !reported || behind || isNews(report)) {
      failing = false;
      reported = true;
      own.apply(report);
      deliver(listener, weighed(report));
    }
  }

  private void deliver(RefreshListener listener, Refresh refresh) {
    Refresh needed = behind ? Refresh.snapshot(weighing.weigh(own.list())) : refresh;
    behind = false;
    try {
      listener.onRefresh(needed);
    } catch (Throwable e) {
      behind = true;
      throw e;
    }
  }

  /** Returns whether the report is a change; a refresher that polls repeats its reports. */
  private boolean isNews(Refresh report) {
    return report instanceof Refresh.Snapshot snapshot
        ? !snapshot.targets().equals(own.list())
        : !report.equals(NOTHING);
  }

  /** Returns the report with the current weights; all targets if the scale has changed. */
  private Refresh weighed(Refresh report) {
    if (report instanceof Refresh.Delta delta) {
      int scale = Math.min(weighing.scale(), Weighing.scale(delta.added()));
      if (scale == weighing.scale()) {
        return Refresh.delta(weighing.weigh(delta.added()), delta.removed());
      }
      weighing = new Weighing(weighing.factors(), scale);
    } else {
      weighing = new Weighing(weighing.factors(), Weighing.scale(own.list()));
    }
    return Refresh.snapshot(weighing.weigh(own.list()));
  }

  private void onWeights(RefreshListener listener, Refresh report) {
    told.apply(report);
    HostFactors factors =
        report instanceof Refresh.Failure
            ? HostFactors.NONE
            : weighing.factors().next(told.list(), hysteresis);
    note(factors, report);
    Weighing before = weighing;
    weighing = new Weighing(factors, before.scale());
    if (reported) {
      List<Target> changed = before.changed(own.list(), weighing);
      if (behind || !changed.isEmpty()) {
        deliver(listener, Refresh.delta(changed, Set.of()));
      }
    }
  }

  private void note(HostFactors factors, Refresh report) {
    boolean misses = factors == HostFactors.NONE;
    if (misses && !missed) {
      log.warn(
          "{}: {}; the targets have their own weights",
          name,
          report instanceof Refresh.Failure failure
              ? failure.message()
              : "no weights of hosts to compare (expected: %d hosts, and one above 0)"
                  .formatted(HostFactors.FEWEST_HOSTS));
    } else if (!misses && missed) {
      log.info("{}: there are weights of hosts again", name);
    }
    missed = misses;
  }

  /**
   * {@link Mode#STATED} if the refresher of the targets is, else {@link Mode#PUSHED}: a report due
   * to weights is not another read of the targets, and unchanged reads are not reported again.
   */
  @Override
  public Mode mode() {
    return of.mode() == Mode.STATED ? Mode.STATED : Mode.PUSHED;
  }

  /** Closes both refreshers too. */
  @Override
  public void close() {
    if (gate.close()) {
      by.close();
      of.close();
    }
  }

  /**
   * Computes weights from the factors of hosts. Weights are whole numbers, so they are multiplied
   * by 100 before, or by 10 or 1 if the largest of the list requires it. Immutable.
   *
   * @param factors the factors of the hosts
   * @param scale the multiplier of each weight, if there are factors
   */
  private record Weighing(HostFactors factors, int scale) {

    static final int FINEST = 100;

    Weighing {
      if (scale < 1) {
        throw new IllegalArgumentException("scale %d (expected: 1 or more)".formatted(scale));
      }
    }

    /** Returns the finest scale that fits all of these, whatever their factors. */
    static int scale(List<Target> targets) {
      long largest = 1;
      for (Target target : targets) {
        largest = Math.max(largest, target.weight());
      }
      int scale = FINEST;
      while (scale > 1 && largest * scale * HostFactors.MOST > Target.MAX_WEIGHT) {
        scale /= 10;
      }
      return scale;
    }

    /** Returns the target with its new weight: 0 only if its own, or that of its host, is 0. */
    Target weigh(Target target) {
      int weight = weight(target);
      return weight == target.weight() ? target : target.withWeight(weight);
    }

    List<Target> weigh(List<Target> targets) {
      return factors == HostFactors.NONE ? targets : targets.stream().map(this::weigh).toList();
    }

    /** Returns the targets whose weight differs in another weighing, with that weight. */
    List<Target> changed(List<Target> targets, Weighing after) {
      return targets.stream()
          .filter(target -> weight(target) != after.weight(target))
          .map(after::weigh)
          .toList();
    }

    private int weight(Target target) {
      if (factors == HostFactors.NONE) {
        return target.weight();
      }
      double exact = target.weight() * factors.of(target.host()) * scale;
      return exact == 0 ? 0 : (int) Math.max(1, Math.min(Target.MAX_WEIGHT, Math.round(exact)));
    }
  }

  /** Builds a weighed refresher. */
  public static final class Builder {

    private final Refresher of;
    private final Refresher by;
    private String name = "weigh-by";
    private int hysteresis = 10;

    private Builder(Refresher of, Refresher by) {
      this.of = Objects.requireNonNull(of, "of");
      this.by = Objects.requireNonNull(by, "by");
    }

    /** Sets the name in the log: {@code refresher.backends}. By default {@code weigh-by}. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets the percentage by which the weight of a host has to change to take effect; 10 by
     * default.
     *
     * @throws IllegalArgumentException if it is not 0 to 100
     */
    public Builder hysteresis(int percent) {
      if (percent < 0 || percent > 100) {
        throw new IllegalArgumentException("hysteresis %d (expected: 0 to 100)".formatted(percent));
      }
      this.hysteresis = percent;
      return this;
    }

    /** Returns the refresher, not started yet. */
    public WeighedRefresher build() {
      return new WeighedRefresher(this);
    }
  }
}
