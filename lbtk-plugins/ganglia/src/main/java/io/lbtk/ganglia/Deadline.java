package io.lbtk.ganglia;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** The time at which a connection has to be done, from its first packet to its last. */
final class Deadline {

  private final long end;

  private Deadline(long end) {
    this.end = end;
  }

  static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /**
   * Returns the remaining time as a timeout of a socket, 1 or more.
   *
   * @throws SocketTimeoutException if the deadline has passed
   */
  int millisLeft() throws SocketTimeoutException {
    long left = end - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("deadline exceeded");
    }
    return (int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1);
  }
}
