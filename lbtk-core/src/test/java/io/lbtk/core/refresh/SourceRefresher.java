package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** A refresher that reports what the test says. */
class SourceRefresher implements Refresher {

  private final Mode mode;
  private final ReportGate gate = new ReportGate();

  SourceRefresher(Mode mode) {
    this.mode = mode;
  }

  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
  }

  void report(Refresh refresh) {
    gate.report(refresh);
  }

  void list(String... targets) {
    report(Refresh.snapshot(targets(targets)));
  }

  void add(String... targets) {
    report(Refresh.delta(targets(targets), Set.of()));
  }

  void remove(String... hostPorts) {
    report(Refresh.delta(List.of(), Set.of(hostPorts)));
  }

  void fail(String message) {
    report(Refresh.failure(message));
  }

  boolean isClosed() {
    return gate.isClosed();
  }

  static List<Target> targets(String... targets) {
    return Arrays.stream(targets).map(Target::parse).toList();
  }

  @Override
  public Mode mode() {
    return mode;
  }

  @Override
  public void close() {
    gate.close();
  }
}
