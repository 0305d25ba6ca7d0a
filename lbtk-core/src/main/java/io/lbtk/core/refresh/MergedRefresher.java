package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import java.util.BitSet;
import java.util.List;

/**
 * The union of several refreshers. Of the same host:port in several of them, the first in the given
 * order counts; a target is removed when all of them have removed it.
 *
 * <p>It reports as soon as one of them has reported, and adds the targets of the others later: a
 * slow or unreachable refresher does not delay the others. After the first report all changes are
 * deltas. The failure of one is passed on, and changes nothing; when none fails any more, that is
 * reported too, by a delta that may be empty.
 *
 * <p>It reports from the threads of the refreshers, one report at a time.
 */
public final class MergedRefresher implements Refresher {

  private final List<Refresher> inputs;
  private final ReportGate gate = new ReportGate();
  private final UnionTable table;
  private final BitSet failing = new BitSet();
  private boolean reported;

  /** Set when the listener threw, so that it needs a snapshot. */
  private boolean behind;

  /**
   * Creates the union of these refreshers, which it starts and closes.
   *
   * @throws IllegalArgumentException if there is none
   */
  public MergedRefresher(List<? extends Refresher> inputs) {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("no refresher to merge (expected: at least one)");
    }
    this.inputs = List.copyOf(inputs);
    this.table = new UnionTable(inputs.size());
  }

  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
    for (int i = 0; i < inputs.size() && !gate.isClosed(); i++) {
      int input = i;
      gate.startInside(
          inputs.get(i), report -> gate.runBetween(() -> onRefresh(listener, input, report)));
    }
  }

  private void onRefresh(RefreshListener listener, int input, Refresh report) {
    if (report instanceof Refresh.Failure) {
      failing.set(input);
      listener.onRefresh(report);
      return;
    }
    boolean recovered = failing.get(input) && failing.cardinality() == 1;
    failing.clear(input);
    Refresh.Delta change = table.apply(input, report);
    boolean isNews = recovered || !change.added().isEmpty() || !change.removed().isEmpty();
    if (!reported) {
      reported = true;
      deliver(listener, Refresh.snapshot(change.added()));
    } else if (behind) {
      deliver(listener, Refresh.snapshot(table.winners()));
    } else if (isNews) {
      deliver(listener, change);
    }
  }

  private void deliver(RefreshListener listener, Refresh refresh) {
    behind = false;
    try {
      listener.onRefresh(refresh);
    } catch (Throwable e) {
      behind = true;
      throw e;
    }
  }

  /** {@link Mode#STATED} if all of them are, else {@link Mode#PUSHED}. */
  @Override
  public Mode mode() {
    return inputs.stream().allMatch(input -> input.mode() == Mode.STATED)
        ? Mode.STATED
        : Mode.PUSHED;
  }

  /** Closes all the refreshers too. */
  @Override
  public void close() {
    if (gate.close()) {
      inputs.forEach(Refresher::close);
    }
  }
}
