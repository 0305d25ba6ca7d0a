package io.lbtk.netty.proxy;

class TcpNioProxyTest extends TcpProxyTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.nio();
  }
}
