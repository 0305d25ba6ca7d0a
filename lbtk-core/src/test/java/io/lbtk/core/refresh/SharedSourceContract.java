package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Refresher.Mode;
import io.lbtk.api.Target;
import io.lbtk.testkit.RefresherContract;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The contract of a refresher that stands around another, which reads a source in memory. */
abstract class SharedSourceContract extends RefresherContract {

  private final List<SourceRefresher> sources = new CopyOnWriteArrayList<>();
  private volatile Refresh current = Refresh.snapshot(List.of());

  protected abstract Refresher around(SourceRefresher source);

  protected abstract Mode mode();

  @Override
  protected final Refresher newRefresher() {
    SourceRefresher source =
        new SourceRefresher(mode()) {
          @Override
          public void start(RefreshListener listener) {
            super.start(listener);
            report(current);
          }
        };
    sources.add(source);
    return around(source);
  }

  @Override
  protected final void setSource(List<Target> targets) {
    set(Refresh.snapshot(targets));
  }

  @Override
  protected final void breakSource() {
    set(Refresh.failure("the source is broken"));
  }

  private void set(Refresh refresh) {
    current = refresh;
    sources.forEach(source -> source.report(refresh));
  }
}
