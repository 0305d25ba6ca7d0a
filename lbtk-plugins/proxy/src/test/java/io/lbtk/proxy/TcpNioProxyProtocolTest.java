package io.lbtk.proxy;

class TcpNioProxyProtocolTest extends ProxyProtocolTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.nio();
  }
}
