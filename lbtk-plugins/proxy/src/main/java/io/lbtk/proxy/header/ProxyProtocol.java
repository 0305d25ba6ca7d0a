package io.lbtk.proxy.header;

/**
 * How a proxy tells its targets who the client is: the PROXY protocol, <a
 * href="https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt">doc/proxy-protocol.txt</a> of
 * HAProxy.
 */
public enum ProxyProtocol {
  /** Not at all: the target sees the address of the proxy. */
  OFF,
  /** By a line of text. */
  V1,
  /** By a block of bytes. */
  V2
}
