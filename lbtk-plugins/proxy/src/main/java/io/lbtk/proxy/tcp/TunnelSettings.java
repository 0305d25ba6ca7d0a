package io.lbtk.proxy.tcp;

import io.lbtk.api.Demand;
import io.lbtk.proxy.header.HeaderSettings;
import io.lbtk.proxy.limits.BandwidthLimits;
import io.lbtk.proxy.token.DemandKey;
import java.time.Duration;

/**
 * The settings of each tunnel of a proxy. Times are in nanoseconds, so that computing deadlines
 * allocates nothing.
 *
 * @param demand the demand of the first attempt of a connection, without its key
 * @param key the key of each demand
 * @param attempts the most attempts of one connection, 1 or more
 * @param attemptsNanos the time for all attempts of one connection
 * @param connectNanos the time for one attempt, with all addresses of its target
 * @param idleNanos the time without traffic in either direction; 0 for no limit
 * @param finNanos the time without traffic once one side has ended and all its data is relayed
 * @param lifetimeNanos the time from connect to close, reduced at random by up to a tenth; 0 for no
 *     limit
 * @param userTimeoutMillis TCP_USER_TIMEOUT, the time after which the kernel breaks a connection
 *     with unacknowledged data; 0 for the default of the system
 * @param bandwidth the bandwidth limits
 * @param headers the use of the PROXY protocol
 */
public record TunnelSettings(
    Demand demand,
    DemandKey key,
    int attempts,
    long attemptsNanos,
    long connectNanos,
    long idleNanos,
    long finNanos,
    long lifetimeNanos,
    int userTimeoutMillis,
    BandwidthLimits bandwidth,
    HeaderSettings headers) {

  /** Returns the timeout of each demand. */
  Duration tokenTimeout() {
    return demand.timeout();
  }
}
