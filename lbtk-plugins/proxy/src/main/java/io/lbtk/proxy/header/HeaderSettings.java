package io.lbtk.proxy.header;

import io.lbtk.proxy.limits.CidrList;
import java.net.InetAddress;

/**
 * What a proxy does about headers of the PROXY protocol.
 *
 * @param send what its targets get
 * @param acceptFrom peers whose connections begin with a header; those of others never do
 * @param waitNanos how long such a header may take
 */
public record HeaderSettings(ProxyProtocol send, CidrList acceptFrom, long waitNanos) {

  /** Whether connections from this address begin with a header. */
  public boolean isExpectedFrom(InetAddress peer) {
    return acceptFrom.contains(peer);
  }

  /** Whether a connection of anybody may begin with a header. */
  public boolean areExpected() {
    return !acceptFrom.isEmpty();
  }
}
