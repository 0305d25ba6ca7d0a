package io.lbtk.proxy.limits;

/**
 * The bandwidth limits of a proxy in bytes per second, 0 for no limit. Up is from clients to
 * targets.
 *
 * @param up the limit for one connection
 * @param down the limit for one connection
 * @param totalUp the limit for all connections of the proxy together
 * @param totalDown the limit for all connections of the proxy together
 */
public record BandwidthLimits(long up, long down, long totalUp, long totalDown) {

  /** The least limit: below it, one read would take more than a second. */
  public static final long LEAST = 1024;
}
