package io.lbtk.netty.proxy;

class TcpNioProxyProtocolTest extends ProxyProtocolTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.nio();
  }
}
