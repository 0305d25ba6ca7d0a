package io.lbtk.proxy.header;

import io.lbtk.proxy.limits.CidrList;
import java.net.InetAddress;

/**
 * The use of PROXY protocol headers by a proxy.
 *
 * @param send the header to send to targets
 * @param acceptFrom the peers whose connections start with a header; those of other peers never do
 * @param waitNanos the time for a header to arrive, in nanoseconds
 */
public record HeaderSettings(ProxyProtocol send, CidrList acceptFrom, long waitNanos) {

  /** Returns whether connections from this address start with a header. */
  public boolean isExpectedFrom(InetAddress peer) {
    return acceptFrom.contains(peer);
  }

  /** Returns whether connections of any peer start with a header. */
  public boolean areExpected() {
    return !acceptFrom.isEmpty();
  }
}
