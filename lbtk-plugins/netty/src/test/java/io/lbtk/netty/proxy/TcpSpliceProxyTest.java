package io.lbtk.netty.proxy;

class TcpSpliceProxyTest extends TcpProxyTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.splice();
  }
}
