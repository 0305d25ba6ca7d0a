package io.lbtk.proxy.splice;

import io.lbtk.api.StartException;
import io.netty.channel.epoll.Epoll;

/** Checks whether this system supports splicing and epoll. */
public final class Splicing {

  private Splicing() {}

  /**
   * Does nothing if the system supports them.
   *
   * @param what the feature that needs them, for the error: {@code tcp-splice}
   * @param instead the alternative that works everywhere
   * @throws StartException if the system does not support them; the message says why
   */
  public static void ensureAvailable(String what, String instead) {
    if (!Epoll.isAvailable()) {
      throw new StartException(
          "%s cannot run here: %s (expected: Linux on x86_64 or aarch64; use %s)"
              .formatted(what, reason(Epoll.unavailabilityCause()), instead),
          Epoll.unavailabilityCause());
    }
  }

  private static String reason(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
