package io.lbtk.proxy.udp;

import io.lbtk.api.Demand;
import io.lbtk.proxy.limits.OpenFiles;
import io.lbtk.proxy.token.DemandKey;
import java.time.Duration;

/**
 * The settings of the sessions of a UDP proxy.
 *
 * @param demand the demand of a session, without its key
 * @param key the key of the demand of each session
 * @param idleNanos the time without a datagram after which a session ends
 * @param lifetimeNanos the longest time of a session, up to a tenth less at random; 0 for no limit
 * @param maxSessions the largest number of sessions of all loops together
 * @param responses the number of answers to each datagram; 0 if it is unknown
 */
public record UdpSettings(
    Demand demand,
    DemandKey key,
    long idleNanos,
    long lifetimeNanos,
    int maxSessions,
    int responses) {

  private static final int MOST_SESSIONS = 65_536;

  /**
   * Returns the default of the largest number of sessions: each takes a file descriptor and a local
   * port.
   *
   * @param openFiles the limit on open files of the process; negative if there is none
   */
  public static int sessionsFor(long openFiles) {
    return Math.min(MOST_SESSIONS, OpenFiles.roomFor(openFiles, 1));
  }

  /** Returns the longest time to wait for a token. */
  Duration tokenTimeout() {
    return demand.timeout();
  }
}
