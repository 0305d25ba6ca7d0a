package io.lbtk.core;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import java.util.Arrays;

/** A refresher that reports what the test says. */
final class ManualSource implements Refresher {

  private RefreshListener listener = report -> {};

  @Override
  public void start(RefreshListener newListener) {
    listener = newListener;
  }

  void list(String... targets) {
    listener.onRefresh(Refresh.snapshot(Arrays.stream(targets).map(Target::parse).toList()));
  }

  @Override
  public Mode mode() {
    return Mode.STATED;
  }

  @Override
  public void close() {}
}
