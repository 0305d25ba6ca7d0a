package io.lbtk.netty.proxy;

import io.lbtk.api.Demand;
import java.time.Duration;

/**
 * How long and how many: what each session of a proxy for UDP goes by.
 *
 * @param demand what a session asks for, the key aside
 * @param key what goes into the demand of each session
 * @param idleNanos without a datagram in either direction
 * @param maxSessions of all loops together
 * @param responses that each datagram of a client gets; 0 if that is not known
 */
record UdpSettings(Demand demand, DemandKey key, long idleNanos, int maxSessions, int responses) {

  /** How long to wait for one token. */
  Duration tokenTimeout() {
    return demand.within();
  }
}
