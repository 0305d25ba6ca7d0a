package io.lbtk.standard.health;

import io.lbtk.api.HealthCheck;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Runs blocking checks, each on a daemon thread of its own. */
final class CheckThreads implements AutoCloseable {

  private final ExecutorService threads;

  CheckThreads(String name) {
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Runs a check on its own thread.
   *
   * @param check the check, which may block; an exception that it throws is a failed result
   * @return the result; cancelling it interrupts the thread
   */
  CompletableFuture<HealthCheck.Result> run(Supplier<HealthCheck.Result> check) {
    CompletableFuture<HealthCheck.Result> result = new CompletableFuture<>();
    try {
      Future<?> running =
          threads.submit(
              () -> {
                try {
                  result.complete(check.get());
                } catch (Throwable e) {
                  result.complete(HealthCheck.Result.fail("the check failed: " + e));
                }
              });
      var unused =
          result.whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  running.cancel(true);
                }
              });
    } catch (RejectedExecutionException e) {
      result.complete(HealthCheck.Result.fail("the check is closed"));
    }
    return result;
  }

  /** Interrupts the checks that are running. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
