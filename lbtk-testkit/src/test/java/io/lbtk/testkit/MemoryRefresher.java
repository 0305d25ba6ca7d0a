package io.lbtk.testkit;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** A refresher of a set in memory: right, or with one fault. */
final class MemoryRefresher implements Refresher {

  enum Fault {
    NONE,
    BEGINS_WITH_A_DELTA,
    CUTS_OFF,
    FORGETS_REMOVALS,
    SEES_NO_WEIGHTS,
    REPEATS_ITSELF,
    LOSES_CHANGES,
    REPORTS_OLD_STATES,
    REPORTS_ON_MANY_THREADS,
    REPORTS_AFTER_CLOSE,
    START_NEVER_RETURNS,
    CLOSE_NEVER_RETURNS,
    CLOSE_WAITS_FOR_ITSELF,
    CLOSES_ONCE,
    CANNOT_CLOSE_UNSTARTED,
    STARTS_TWICE,
    STARTS_AFTER_CLOSE,
    HIDES_FAILURES,
    TAKES_A_FAILURE_FOR_EMPTY,
    ENDS_WITH_A_FAILURE,
    FORGETS_THAT_IT_FAILED,
    THROWS_AT_START,
    CONFIRMS_NOTHING
  }

  private final MemorySource source;
  private final Fault fault;
  private final ExecutorService executor;
  private final Runnable onChange = this::changed;
  private Map<String, Target> last = Map.of();
  private int changes;
  private volatile Thread thread = Thread.currentThread();
  private RefreshListener listener = refresh -> {};

  /** What comes next is a snapshot, whatever came before. */
  private boolean first = true;

  private boolean started;
  private volatile boolean closed;

  MemoryRefresher(MemorySource source, Fault fault) {
    this.source = source;
    this.fault = fault;
    this.executor = Executors.newSingleThreadExecutor(this::thread);
  }

  private Thread thread(Runnable task) {
    thread = new Thread(task, "memory");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public Mode mode() {
    return fault == Fault.CONFIRMS_NOTHING ? Mode.POLLED : Mode.PUSHED;
  }

  @Override
  public synchronized void start(RefreshListener listener) {
    if ((started && fault != Fault.STARTS_TWICE) || (closed && fault != Fault.STARTS_AFTER_CLOSE)) {
      throw new IllegalStateException("started or closed before");
    }
    if (fault == Fault.THROWS_AT_START) {
      source.read();
    }
    started = true;
    this.listener = listener;
    source.subscribe(onChange);
    changed();
    if (fault == Fault.START_NEVER_RETURNS) {
      awaitTermination();
    }
  }

  private void changed() {
    if (fault == Fault.LOSES_CHANGES && ++changes % 4 == 2) {
      return;
    }
    if (closed && fault == Fault.REPORTS_AFTER_CLOSE) {
      // On this thread, so that nobody looks before it has happened.
      report();
      return;
    }
    try {
      if (fault == Fault.REPORTS_ON_MANY_THREADS) {
        new Thread(this::report).start();
      } else if (fault == Fault.REPEATS_ITSELF) {
        // Read here: read later, all changes could be seen as one, with nothing to repeat.
        List<Target> now = source.read();
        executor.execute(() -> report(now));
      } else {
        executor.execute(this::report);
      }
    } catch (RejectedExecutionException e) {
      // Closed meanwhile.
    }
  }

  private void report() {
    if (closed && fault != Fault.REPORTS_AFTER_CLOSE) {
      return;
    }
    try {
      report(source.read());
    } catch (MemorySource.BrokenException e) {
      failed();
    }
  }

  private void failed() {
    if (fault == Fault.TAKES_A_FAILURE_FOR_EMPTY) {
      listener.onRefresh(Refresh.failure("the source is broken"));
      listener.onRefresh(Refresh.snapshot(List.of()));
    } else if (fault != Fault.HIDES_FAILURES) {
      listener.onRefresh(Refresh.failure("the source is broken"));
    }
    first |= fault != Fault.FORGETS_THAT_IT_FAILED;
    if (fault == Fault.ENDS_WITH_A_FAILURE) {
      source.unsubscribe(onChange);
    }
  }

  private void report(List<Target> targets) {
    Map<String, Target> now = new LinkedHashMap<>();
    targets.stream()
        .limit(fault == Fault.CUTS_OFF ? 1000 : Integer.MAX_VALUE)
        .map(target -> fault == Fault.SEES_NO_WEIGHTS ? target.withWeight(1) : target)
        .forEach(target -> now.put(target.hostPort(), target));
    boolean unchanged = !first && now.equals(last);
    if ((first && fault != Fault.BEGINS_WITH_A_DELTA)
        || (unchanged && fault == Fault.REPEATS_ITSELF)) {
      listener.onRefresh(Refresh.snapshot(List.copyOf(now.values())));
    } else if (!unchanged) {
      listener.onRefresh(delta(now));
    }
    if (fault == Fault.REPORTS_OLD_STATES && now.size() == last.size()) {
      listener.onRefresh(Refresh.snapshot(List.copyOf(last.values())));
      listener.onRefresh(Refresh.snapshot(List.copyOf(now.values())));
    }
    first = false;
    last = now;
  }

  private Refresh delta(Map<String, Target> now) {
    List<Target> added =
        now.values().stream()
            .filter(target -> !target.equals(last.get(target.hostPort())))
            .toList();
    Set<String> removed = new LinkedHashSet<>(last.keySet());
    removed.removeAll(now.keySet());
    return Refresh.delta(added, fault == Fault.FORGETS_REMOVALS ? Set.of() : removed);
  }

  @Override
  public void close() {
    if ((closed && fault == Fault.CLOSES_ONCE)
        || (!started && fault == Fault.CANNOT_CLOSE_UNSTARTED)) {
      throw new IllegalStateException("cannot be closed");
    }
    closed = true;
    if (fault == Fault.REPORTS_AFTER_CLOSE) {
      return;
    }
    source.unsubscribe(onChange);
    if (fault == Fault.CLOSE_NEVER_RETURNS) {
      awaitTermination();
    }
    executor.shutdown();
    boolean own = Thread.currentThread() == thread;
    if (!own || fault == Fault.CLOSE_WAITS_FOR_ITSELF) {
      awaitTermination();
    }
  }

  private void awaitTermination() {
    try {
      executor.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
