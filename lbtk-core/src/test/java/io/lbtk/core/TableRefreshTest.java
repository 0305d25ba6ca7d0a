package io.lbtk.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class TableRefreshTest {

  private final TargetTable table =
      new TargetTable(
          new RotatingPolicy(), Duration.ofMinutes(10), Ticker.system(), hostPort -> {});
  private final TableRefresh refresh =
      new TableRefresh(table, new ReentrantLock(), this::serve, () -> {});

  private void serve() {
    var unused = table.takeResumed();
  }

  @Test
  void aListIsNotKeptWhereTheSourceGoesOnByDeltas() {
    refresh.apply(Refresh.snapshot(List.of(Target.parse("a:1"), Target.parse("b:1"))));
    WeakReference<TableEntry> removed = new WeakReference<>(table.find("a:1"));

    refresh.apply(Refresh.delta(List.of(), Set.of("a:1")));

    await()
        .until(
            () -> {
              System.gc();
              return removed.get() == null;
            });
    assertThat(table.listed()).isOne();
  }
}
