package io.lbtk.proxy.header;

/**
 * Version of the PROXY protocol by which a proxy tells its targets the address of the client; see
 * <a href="https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt">doc/proxy-protocol.txt</a>
 * of HAProxy.
 */
public enum ProxyProtocol {
  /** No header: the target sees the address of the proxy. */
  OFF,
  /** Version 1, a line of text. */
  V1,
  /** Version 2, a binary block. */
  V2
}
