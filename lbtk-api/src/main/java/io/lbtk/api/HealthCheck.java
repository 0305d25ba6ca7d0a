package io.lbtk.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Checks whether one target works. Whoever runs the checks counts results, by rise and fall, before
 * they become a {@link Verdict}.
 */
public interface HealthCheck extends AutoCloseable {

  /**
   * Checks the target once. Thread-safe; does not block. Cancelling the future ends the check.
   *
   * @param timeout after which the result is a failure that says so
   * @return completes with the result; a target that does not answer is a result, not an exception
   */
  CompletableFuture<Result> check(Target target, Duration timeout);

  /** Gives back what was held. A second call does nothing. */
  @Override
  default void close() {}

  /**
   * The result of one check.
   *
   * @param passed whether the target works
   * @param reason why not, in words for an operator
   */
  record Result(boolean passed, String reason) {

    /** The target works. */
    public static Result pass() {
      return new Result(true, "");
    }

    /** The target does not work. */
    public static Result fail(String reason) {
      return new Result(false, reason);
    }
  }
}
