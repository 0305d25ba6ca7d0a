package io.lbtk.core.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Serializes the reports of a refresher, and drops those that come after its close.
 *
 * <p>Thread-safe. A report waits for the one before it. {@link #close} waits for the report in
 * progress, unless it is called from within, and drops those that wait: so a listener can close the
 * refresher that reports to it, and refreshers can wrap each other, without a deadlock.
 */
public final class ReportGate {

  private enum State {
    NEW,
    OPEN,
    CLOSED
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile @Nullable RefreshListener listener;
  private volatile @Nullable Thread inside;
  private volatile State state = State.NEW;

  /** Creates a gate that is not open yet. */
  public ReportGate() {}

  /**
   * Opens the gate, at the start of the refresher.
   *
   * @throws IllegalStateException if it was opened or closed before
   */
  public void open(RefreshListener listener) {
    lock.lock();
    try {
      if (state != State.NEW) {
        throw new IllegalStateException(
            state == State.OPEN ? "started before (expected: once)" : "closed (expected: new)");
      }
      this.listener = listener;
      state = State.OPEN;
    } finally {
      lock.unlock();
    }
  }

  /** Passes a report to the listener if the gate is open; drops it otherwise. */
  public void report(Refresh refresh) {
    runBetween(
        () -> {
          RefreshListener open = listener;
          if (open != null) {
            open.onRefresh(refresh);
          }
        });
  }

  /** Runs a task between two reports if the gate is open; drops it otherwise. */
  public void runBetween(Runnable task) {
    if (inside == Thread.currentThread()) {
      if (state == State.OPEN) {
        task.run();
      }
    } else if (enter()) {
      try {
        task.run();
      } finally {
        leave();
      }
    }
  }

  private boolean enter() {
    lock.lock();
    try {
      while (state == State.OPEN && inside != null) {
        changed.awaitUninterruptibly();
      }
      if (state == State.OPEN) {
        inside = Thread.currentThread();
        return true;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      inside = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Starts a refresher whose reports pass through this gate, and which is closed after it. Does
   * nothing if the gate was closed meanwhile.
   */
  void startInside(Refresher inner, RefreshListener listener) {
    try {
      inner.start(listener);
    } catch (IllegalStateException e) {
      if (!isClosed()) {
        throw e;
      }
    }
  }

  /** Returns whether it was closed. */
  public boolean isClosed() {
    return state == State.CLOSED;
  }

  /**
   * Closes the gate: once this has returned, no report is passed.
   *
   * @return whether this was the first call
   */
  public boolean close() {
    lock.lock();
    try {
      boolean first = state != State.CLOSED;
      state = State.CLOSED;
      changed.signalAll();
      while (inside != null && inside != Thread.currentThread()) {
        changed.awaitUninterruptibly();
      }
      listener = null;
      return first;
    } finally {
      lock.unlock();
    }
  }
}
