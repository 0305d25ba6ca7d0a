package io.lbtk.standard.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.core.refresh.ReportGate;
import java.util.Arrays;
import java.util.List;

/**
 * Targets that never change.
 *
 * <pre>{@code
 * StaticRefresher.of("10.0.0.1:80", "10.0.0.2:80 weight=2")
 * }</pre>
 *
 * <p>It has no thread: {@link #start} reports them before it returns.
 */
public final class StaticRefresher implements Refresher {

  private final List<Target> targets;
  private final ReportGate gate = new ReportGate();

  private StaticRefresher(List<Target> targets) {
    this.targets = List.copyOf(targets);
  }

  /**
   * These targets, each as {@link Target#parse} reads it.
   *
   * @throws IllegalArgumentException if one is no target; the message names it
   */
  public static StaticRefresher of(String... targets) {
    return new StaticRefresher(Arrays.stream(targets).map(Target::parse).toList());
  }

  /** These targets. */
  public static StaticRefresher of(List<Target> targets) {
    return new StaticRefresher(targets);
  }

  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
    gate.report(Refresh.snapshot(targets));
  }

  @Override
  public Mode mode() {
    return Mode.STATED;
  }

  @Override
  public void close() {
    gate.close();
  }
}
