package io.lbtk.benchmarks;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import java.util.List;

/** A refresher that reports what the benchmark says, on its thread. */
final class ReportedTargets implements Refresher {

  private final List<Target> initial;
  private volatile RefreshListener listener = report -> {};

  /** Reports these when it is started. */
  ReportedTargets(List<Target> initial) {
    this.initial = initial;
  }

  @Override
  public void start(RefreshListener newListener) {
    listener = newListener;
    newListener.onRefresh(Refresh.snapshot(initial));
  }

  /** Returns when the guards and the generator, if that is what listens, have taken it over. */
  void report(Refresh refresh) {
    listener.onRefresh(refresh);
  }

  @Override
  public void close() {}
}
