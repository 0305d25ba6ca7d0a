package io.lbtk.proxy.token;

import io.lbtk.api.NoTokenException;
import io.lbtk.api.Shortage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Describes for the log why a demand got no token. */
public final class NoTokenReason {

  private NoTokenReason() {}

  /**
   * Returns the description.
   *
   * @param error the failure of the demand; null if it timed out
   * @param within the timeout of the demand
   */
  public static String of(@Nullable Throwable error, Duration within) {
    if (error == null) {
      return words(Shortage.EXPIRED, within);
    }
    return shortage(error)
        .map(shortage -> words(shortage, within))
        .orElseGet(() -> cause(error).toString());
  }

  /** Returns the shortage that failed the demand, if it was one. */
  public static Optional<Shortage> shortage(@Nullable Throwable error) {
    return error != null && cause(error) instanceof NoTokenException none
        ? Optional.of(none.shortage())
        : Optional.empty();
  }

  private static Throwable cause(Throwable error) {
    Throwable cause = error.getCause();
    return error instanceof CompletionException && cause != null ? cause : error;
  }

  private static String words(Shortage shortage, Duration within) {
    return switch (shortage) {
      case EMPTY -> "no target available";
      case BUSY -> "all targets have reached their connection limits";
      case EXCLUDED -> "all available targets have been tried";
      case EXPIRED -> "timeout of %d ms elapsed".formatted(within.toMillis());
      case CLOSED -> "token source is closed";
    };
  }
}
