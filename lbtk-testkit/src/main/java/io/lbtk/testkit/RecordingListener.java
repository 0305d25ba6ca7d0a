package io.lbtk.testkit;

import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.core.ConditionFactory;

/**
 * Records the reports of a refresher and the resulting set of targets, and lets a test wait for
 * either.
 *
 * <p>It also notes what a refresher must never do: two reports at once, a change of a set that was
 * never reported, a report after {@link #closed()}. See {@link #violations()}.
 *
 * <p>Thread-safe.
 */
public final class RecordingListener implements RefreshListener {

  private final Duration timeout;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final List<Refresh> reports = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final Map<String, Target> current = new LinkedHashMap<>();
  private boolean reported;
  private volatile boolean closed;

  /** Waits 30 seconds at most. */
  public RecordingListener() {
    this(Duration.ofSeconds(30));
  }

  /**
   * Creates a listener with this timeout.
   *
   * @param timeout the time for which methods wait before they fail the test
   */
  public RecordingListener(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public void onRefresh(Refresh refresh) {
    boolean late = closed;
    boolean alone = busy.compareAndSet(false, true);
    synchronized (this) {
      if (!alone) {
        violations.add("two reports at once, the second: " + refresh);
      }
      if (late) {
        violations.add("a report after close: " + refresh);
      }
      reports.add(refresh);
      fold(refresh);
    }
    if (alone) {
      busy.set(false);
    }
  }

  private void fold(Refresh refresh) {
    if (refresh instanceof Refresh.Snapshot snapshot) {
      reported = true;
      current.clear();
      snapshot.targets().forEach(this::put);
    } else if (refresh instanceof Refresh.Delta delta) {
      if (!reported) {
        violations.add("a delta before the first snapshot: " + delta);
      }
      current.keySet().removeAll(delta.removed());
      delta.added().forEach(this::put);
    }
  }

  private void put(Target target) {
    current.put(target.hostPort(), target);
  }

  /** Marks the refresher as closed: later reports are violations. */
  public void closed() {
    closed = true;
  }

  /** Returns every report so far, in order. */
  public synchronized List<Refresh> reports() {
    return List.copyOf(reports);
  }

  /** Returns every failure reported so far, in order. */
  public synchronized List<Refresh.Failure> failures() {
    return reports.stream()
        .filter(Refresh.Failure.class::isInstance)
        .map(Refresh.Failure.class::cast)
        .toList();
  }

  /** Returns the number of snapshots and deltas reported so far. */
  public synchronized int sets() {
    return reports.size() - failures().size();
  }

  /** Returns the targets after all reports so far, in order. */
  public synchronized List<Target> targets() {
    return List.copyOf(current.values());
  }

  /** Returns the {@link Target#hostPort() host:port} of {@link #targets()}. */
  public synchronized Set<String> hostPorts() {
    return Set.copyOf(current.keySet());
  }

  /** Returns the violations of the contract so far; empty if there is none. */
  public synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /** Waits for the first set, even an empty one. */
  public void awaitFirst() {
    awaiting("the first set of targets").until(() -> sets() > 0);
  }

  /** Waits until this many reports have arrived, including failures. */
  public void awaitReports(int count) {
    awaiting(count + " reports").until(() -> reports().size() >= count);
  }

  /** Waits until this many failures have arrived. */
  public void awaitFailures(int count) {
    awaiting(count + " failures").until(() -> failures().size() >= count);
  }

  /** Waits until the targets are these, compared as a whole, in any order. */
  public void awaitTargets(List<Target> expected) {
    Set<Target> wanted = Set.copyOf(expected);
    // Not by size alone: a listener is also asked before the first set came.
    awaiting("targets " + expected).until(() -> reported() && Set.copyOf(targets()).equals(wanted));
  }

  /** Waits until the targets are those of these lines, as {@link Target#parse} reads them. */
  public void awaitTargets(String... lines) {
    awaitTargets(Arrays.stream(lines).map(Target::parse).toList());
  }

  private synchronized boolean reported() {
    return reported;
  }

  private ConditionFactory awaiting(String what) {
    return await(what).atMost(timeout).pollInterval(Duration.ofMillis(5)).pollDelay(Duration.ZERO);
  }

  @Override
  public synchronized String toString() {
    return "RecordingListener" + reports;
  }
}
