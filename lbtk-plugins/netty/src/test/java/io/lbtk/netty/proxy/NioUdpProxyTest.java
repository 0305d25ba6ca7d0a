package io.lbtk.netty.proxy;

import io.lbtk.netty.udp.UdpEngine;

class NioUdpProxyTest extends UdpProxyTest {

  @Override
  UdpProxy.Builder newBuilder() {
    return UdpProxy.builder(UdpEngine.nio());
  }
}
