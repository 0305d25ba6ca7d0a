package io.lbtk.proxy.udp;

import io.lbtk.api.Demand;
import io.lbtk.proxy.limits.OpenFiles;
import io.lbtk.proxy.token.DemandKey;
import java.time.Duration;

/**
 * How long and how many: what each session of a proxy for UDP goes by.
 *
 * @param demand what a session asks for, the key aside
 * @param key what goes into the demand of each session
 * @param idleNanos without a datagram in either direction
 * @param lifetimeNanos of a session, up to a tenth less at random; 0 for no limit
 * @param maxSessions of all loops together
 * @param responses that each datagram of a client gets; 0 if that is not known
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
   * How many sessions there may be unless that is said: each takes a file, and there are no more
   * ports than that to send from.
   *
   * @param openFiles the limit of the process; negative where there is none
   */
  public static int sessionsFor(long openFiles) {
    return Math.min(MOST_SESSIONS, OpenFiles.roomFor(openFiles, 1));
  }

  /** How long to wait for one token. */
  Duration tokenTimeout() {
    return demand.timeout();
  }
}
