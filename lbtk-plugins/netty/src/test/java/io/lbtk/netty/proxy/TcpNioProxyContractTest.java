package io.lbtk.netty.proxy;

class TcpNioProxyContractTest extends TcpProxyContractTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.nio();
  }
}
