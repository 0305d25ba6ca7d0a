package io.lbtk.proxy;

import io.lbtk.proxy.udp.UdpEngine;

class NioUdpProxyTest extends UdpProxyTest {

  @Override
  UdpProxy.Builder newBuilder() {
    return UdpProxy.builder(UdpEngine.nio());
  }
}
