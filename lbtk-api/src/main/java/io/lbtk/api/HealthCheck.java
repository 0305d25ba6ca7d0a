package io.lbtk.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Checks whether a target works. The results are counted, by rise and fall, before they become a
 * {@link Verdict}.
 */
public interface HealthCheck extends AutoCloseable {

  /**
   * Checks the target once. Thread-safe; does not block. Cancelling the future ends the check.
   * After {@link #close}, the result is a failure that says so.
   *
   * @param timeout the time after which the result is a failure that says so
   * @return completes with the result; that a target does not answer is a result, not an exception
   */
  CompletableFuture<Result> check(Target target, Duration timeout);

  /** Releases all resources; checks that are still running fail. A second call does nothing. */
  @Override
  default void close() {}

  /**
   * The result of one check.
   *
   * @param passed whether the target works
   * @param reason the reason why it does not, for an operator; empty if it works
   */
  record Result(boolean passed, String reason) {

    /** Returns the result that the target works. */
    public static Result pass() {
      return new Result(true, "");
    }

    /** Returns the result that the target does not work, for the given reason. */
    public static Result fail(String reason) {
      return new Result(false, reason);
    }
  }
}
