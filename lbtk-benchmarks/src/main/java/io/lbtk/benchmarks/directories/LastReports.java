package io.lbtk.benchmarks.directories;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Target;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Keeps the last set that a refresher has reported, and how large it has become. Thread-safe. */
final class LastReports implements RefreshListener {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private List<Target> last = List.of();
  private int size;
  private String failure = "no failure";

  @Override
  public synchronized void onRefresh(Refresh report) {
    if (report instanceof Refresh.Snapshot snapshot) {
      last = snapshot.targets();
      size = last.size();
    } else if (report instanceof Refresh.Delta delta) {
      size += delta.added().size() - delta.removed().size();
    } else if (report instanceof Refresh.Failure failed) {
      failure = failed.message();
      System.out.println("failure: " + failure);
    }
    notifyAll();
  }

  /**
   * Waits for the first set.
   *
   * @return its size
   * @throws TimeoutException if there is none within two minutes
   */
  int awaitFirst() throws InterruptedException, TimeoutException {
    await(() -> size > 0);
    return size();
  }

  /**
   * Waits until the set has a size.
   *
   * @throws TimeoutException if it has not within two minutes
   */
  void awaitSize(int wanted) throws InterruptedException, TimeoutException {
    await(() -> size == wanted);
  }

  private synchronized int size() {
    return size;
  }

  private synchronized void await(BooleanSupplier reached)
      throws InterruptedException, TimeoutException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!reached.getAsBoolean()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new TimeoutException("%,d targets; %s".formatted(size, failure));
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }
}
