package io.lbtk.api;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of a token: it goes back to the generator when the token is released.
 *
 * @param kind how the connection ended
 * @param connectTime how long it took to connect to the target, if known
 * @param sessionTime from connected to closed, if known
 * @param bytesUp bytes sent to the target, or {@link #UNKNOWN}
 * @param bytesDown bytes received from the target, or {@link #UNKNOWN}
 */
public record Outcome(
    Kind kind,
    Optional<Duration> connectTime,
    Optional<Duration> sessionTime,
    long bytesUp,
    long bytesDown) {

  /** The number of bytes is not known. */
  public static final long UNKNOWN = -1;

  private static final Outcome CLOSED = of(Kind.CLOSED);
  private static final Outcome REFUSED = of(Kind.REFUSED);
  private static final Outcome TIMEOUT = of(Kind.TIMEOUT);
  private static final Outcome RESET = of(Kind.RESET);
  private static final Outcome UNUSED = of(Kind.UNUSED);

  /** How the use of a token ended. */
  public enum Kind {
    /** The connection was made, and ended in order. */
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

  /** {@link Kind#CLOSED}, the rest unknown. */
  public static Outcome closed() {
    return CLOSED;
  }

  /** {@link Kind#REFUSED}, the rest unknown. */
  public static Outcome refused() {
    return REFUSED;
  }

  /** {@link Kind#TIMEOUT}, the rest unknown. */
  public static Outcome timeout() {
    return TIMEOUT;
  }

  /** {@link Kind#RESET}, the rest unknown. */
  public static Outcome reset() {
    return RESET;
  }

  /** {@link Kind#UNUSED}. */
  public static Outcome unused() {
    return UNUSED;
  }

  /** This outcome with the time that it took to connect. */
  public Outcome withConnectTime(Duration time) {
    return new Outcome(kind, Optional.of(time), sessionTime, bytesUp, bytesDown);
  }

  /** This outcome with the time from connected to closed. */
  public Outcome withSessionTime(Duration time) {
    return new Outcome(kind, connectTime, Optional.of(time), bytesUp, bytesDown);
  }

  /** This outcome with the bytes sent to and received from the target. */
  public Outcome withBytes(long up, long down) {
    return new Outcome(kind, connectTime, sessionTime, up, down);
  }
}
