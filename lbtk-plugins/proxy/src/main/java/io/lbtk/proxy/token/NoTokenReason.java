package io.lbtk.proxy.token;

import io.lbtk.api.NoTokenException;
import io.lbtk.api.Shortage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Why a demand was not met, in words for the log. */
public final class NoTokenReason {

  private NoTokenReason() {}

  /**
   * The reason.
   *
   * @param error how the demand failed; null where its time was over
   * @param within how long the demand waited
   */
  public static String of(@Nullable Throwable error, Duration within) {
    if (error == null) {
      return words(Shortage.EXPIRED, within);
    }
    return shortage(error)
        .map(shortage -> words(shortage, within))
        .orElseGet(() -> cause(error).toString());
  }

  /** The shortage that a demand failed by, if it was one. */
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
      case EMPTY -> "there is no target that may be picked";
      case BUSY -> "every target has all the connections that it may have";
      case EXCLUDED -> "no target is left that was not tried already";
      case EXPIRED -> "none came within %d ms".formatted(within.toMillis());
      case CLOSED -> "the token source is closed";
    };
  }
}
