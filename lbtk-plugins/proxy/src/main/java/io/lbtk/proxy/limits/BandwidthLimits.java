package io.lbtk.proxy.limits;

/**
 * How many bytes a second may go through, 0 where that is not limited. Up is from clients to
 * targets.
 *
 * @param up of one connection
 * @param down of one connection
 * @param totalUp of all connections of the proxy together
 * @param totalDown of all connections of the proxy together
 */
public record BandwidthLimits(long up, long down, long totalUp, long totalDown) {

  /** With less, one read would be worth more than a second. */
  public static final long LEAST = 1024;
}
