package io.lbtk.api;

import java.time.Duration;
import java.util.Optional;

/**
 * The outcome of a connection, which is reported to the generator when its token is released.
 *
 * @param kind the way in which the connection ended
 * @param connectTime the time that it took to connect to the target, if known
 * @param sessionTime the time from connected to closed, if known
 * @param bytesUp bytes sent to the target, or {@link #UNKNOWN}
 * @param bytesDown bytes received from the target, or {@link #UNKNOWN}
 */
public record Outcome(
    Kind kind,
    Optional<Duration> connectTime,
    Optional<Duration> sessionTime,
    long bytesUp,
    long bytesDown) {

  /** The value of a number of bytes that is not known. */
  public static final long UNKNOWN = -1;

  private static final Outcome CLOSED = of(Kind.CLOSED);
  private static final Outcome REFUSED = of(Kind.REFUSED);
  private static final Outcome TIMEOUT = of(Kind.TIMEOUT);
  private static final Outcome RESET = of(Kind.RESET);
  private static final Outcome UNUSED = of(Kind.UNUSED);

  /** The ways in which the use of a token ends. */
  public enum Kind {
    /** The connection was made, and was closed in order. */
    CLOSED,
    /** The target could not be reached: connection refused, no route, name unknown. */
    REFUSED,
    /** The target did not accept the connection in time. */
    TIMEOUT,
    /** The connection was made, and broke. */
    RESET,
    /** The token was never used. */
    UNUSED
  }

  private static Outcome of(Kind kind) {
    return new Outcome(kind, Optional.empty(), Optional.empty(), UNKNOWN, UNKNOWN);
  }

  /** Returns {@link Kind#CLOSED} without times and bytes. */
  public static Outcome closed() {
    return CLOSED;
  }

  /** Returns {@link Kind#REFUSED} without times and bytes. */
  public static Outcome refused() {
    return REFUSED;
  }

  /** Returns {@link Kind#TIMEOUT} without times and bytes. */
  public static Outcome timeout() {
    return TIMEOUT;
  }

  /** Returns {@link Kind#RESET} without times and bytes. */
  public static Outcome reset() {
    return RESET;
  }

  /** Returns {@link Kind#UNUSED}. */
  public static Outcome unused() {
    return UNUSED;
  }

  /** Returns a copy of this outcome with the time that it took to connect. */
  public Outcome withConnectTime(Duration time) {
    return new Outcome(kind, Optional.of(time), sessionTime, bytesUp, bytesDown);
  }

  /** Returns a copy of this outcome with the time from connected to closed. */
  public Outcome withSessionTime(Duration time) {
    return new Outcome(kind, connectTime, Optional.of(time), bytesUp, bytesDown);
  }

  /** Returns a copy of this outcome with the bytes sent to and received from the target. */
  public Outcome withBytes(long up, long down) {
    return new Outcome(kind, connectTime, sessionTime, up, down);
  }
}
