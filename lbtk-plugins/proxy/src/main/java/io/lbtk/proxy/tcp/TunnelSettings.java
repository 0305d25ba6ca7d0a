package io.lbtk.proxy.tcp;

import io.lbtk.api.Demand;
import io.lbtk.proxy.header.HeaderSettings;
import io.lbtk.proxy.limits.BandwidthLimits;
import io.lbtk.proxy.token.DemandKey;
import java.time.Duration;

/**
 * How long and how often: what each tunnel of a proxy goes by. Times are nanoseconds, so that the
 * path of each connection computes with longs.
 *
 * @param demand what the first attempt of a connection asks for, the key aside
 * @param key what goes into the demand of each connection
 * @param attempts tokens that one connection may use, 1 or more
 * @param attemptsNanos for all attempts of one connection
 * @param connectNanos for one attempt, all addresses of its target
 * @param idleNanos without a byte in either direction; 0 for no limit
 * @param finNanos the same, once one side has ended and all that it had sent has gone on
 * @param lifetimeNanos from connected to closed, up to a tenth less at random; 0 for no limit
 * @param userTimeoutMillis after which the kernel breaks a connection whose peer takes nothing of
 *     what is sent; 0 for its own ideas
 * @param bandwidth how many bytes a second
 * @param headers who tells whom where a client is
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

  /** How long to wait for one token. */
  Duration tokenTimeout() {
    return demand.timeout();
  }
}
