package io.lbtk.proxy;

class TcpNioProxyContractTest extends TcpProxyContractTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.nio();
  }
}
