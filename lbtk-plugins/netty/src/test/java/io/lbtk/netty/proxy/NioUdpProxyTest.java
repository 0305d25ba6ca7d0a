package io.lbtk.netty.proxy;

class NioUdpProxyTest extends UdpProxyTest {

  @Override
  UdpProxy.Builder newBuilder() {
    return UdpProxy.builder(new NioUdpEngine());
  }
}
